package dev.tiphys.engine.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.run.RunState;
import dev.tiphys.contracts.run.Wait;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a step stands. Each state holds only what exists in it. */
public sealed interface StepState {

    /**
     * Which attempt.
     *
     * @param number counts from 1 over the life of the run: an attempt's effect is made once by this number
     * @param base how many attempts earlier rounds took; a retry's limit counts from there
     * @param since when the first attempt of this round began
     */
    record Attempt(int number, int base, Instant since, Instant startedAt) {}

    /** Not begun; {@code spent} attempts were made in earlier rounds. */
    record Pending(int spent) implements StepState {}

    /** A state in which something outside, a timer or a person will report about the attempt. */
    sealed interface Active extends StepState {
        /** {@return the attempt that is on its way} */
        Attempt attempt();
    }

    /** Leased to a worker. */
    record Working(
            Attempt attempt,
            Instant deadline,
            @Nullable Wait waiting,
            @Nullable String link) implements Active {}

    /** The syncer was asked; {@code fence} names the command. */
    record Deploying(
            Attempt attempt,
            Instant deadline,
            String application,
            @Nullable String revision,
            long fence,
            Wait waiting) implements Active {}

    /** A person decides. */
    record Asking(Attempt attempt, Wait waiting) implements Active {}

    /** Time passes; there is a deadline only if it comes before the end of the pause. */
    record Pausing(Attempt attempt, @Nullable Instant deadline, Wait waiting) implements Active {}

    /** The steps of a group are on their way; the group has a deadline if it was given a timeout. */
    record Open(Attempt attempt, @Nullable Instant deadline) implements Active {}

    /** A group's attempt is over and what still runs in it is being ended. */
    record Collapsing(Attempt attempt, RunState state, String reason) implements Active {}

    /** A worker was told to end. */
    record Ending(
            Attempt attempt,
            Cause cause,
            Wait waiting,
            @Nullable String link) implements Active {}

    /** An attempt failed and another begins at {@code resumeAt}. */
    record BackingOff(
            Attempt attempt,
            Instant resumeAt,
            String reason,
            @Nullable String link) implements Active {}

    /**
     * Through.
     *
     * @param attempt 0 if it never began
     * @param startedAt null if it never began
     */
    record Ended(
            RunState state,
            Effect effect,
            int attempt,
            @Nullable Instant startedAt,
            Instant finishedAt,
            @Nullable String reason,
            @Nullable String link,
            Map<String, JsonNode> outputs)
            implements StepState {
        public Ended {
            outputs = Map.copyOf(outputs);
            if (!state.finished()) {
                throw new IllegalArgumentException(state.word() + " is no end of a step");
            }
        }
    }

    /** Why a worker was told to end. */
    sealed interface Cause {
        /** The attempt took too long. */
        record TimedOut(String reason) implements Cause {}

        /** Nobody wants its result any more. */
        record Cancelled(String reason) implements Cause {}
    }

    /** What an ended step means for the others. */
    enum Effect {
        /** What needs it may begin. */
        PASSES,
        /** What needs it may begin, and the graph fails when the rest is through. */
        PASSES_THEN_FAILS,
        /** The graph that it is in fails, and what runs beside it is cancelled. */
        HALTS,
        /** What needs it does not begin. */
        BLOCKS,
        /** What needs it does not begin, and the graph fails when the rest is through. */
        BLOCKS_THEN_FAILS
    }
}
