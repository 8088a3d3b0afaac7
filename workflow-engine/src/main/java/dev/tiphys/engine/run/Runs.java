package dev.tiphys.engine.run;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The door to all runs. Thread-safe. */
public interface Runs {

    /**
     * Hands an input to a run and answers when its facts, state, timers, work and messages are durable. Inputs of one run are
     * handled in the order in which they were handed in here.
     *
     * @return the decision; a stage that fails carries {@link RunsUnavailable}: nothing is known to be written, hand the input
     *     in again later
     */
    default CompletableFuture<Decision> handle(String run, RunInput input) {
        return handle(run, input, null);
    }

    /** As {@link #handle(String, RunInput)}, and notes in the same transaction who did it. */
    CompletableFuture<Decision> handle(String run, RunInput input, @Nullable Action action);

    /** As {@link #handle(String, RunInput)} for an input that was kept for a moment; it is kept no longer, whatever is decided. */
    CompletableFuture<Decision> fired(String run, String key, RunInput input);

    /** {@return the run as it is stored now} */
    Optional<Run.Present> find(String run);

    /** {@return the run that a trigger started} */
    Optional<String> startedBy(String pipeline, String triggerKey);

    /** {@return the facts of a run in order; empty if there is none} */
    List<RunEvent> facts(String run);

    /** What a person did, for the audit. */
    record Action(
            String actor,
            String action,
            String target,
            @Nullable String comment) {}
}
