package dev.tiphys.engine.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.run.RunState;
import dev.tiphys.contracts.run.Wait;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A fact about a run. The state of a run is what its facts come to. */
public sealed interface RunEvent {

    /** {@return when it happened} */
    Instant at();

    /** It exists. */
    record Created(Charter charter, Instant at) implements RunEvent {}

    /** It waits for its turn. */
    record Queued(Wait waiting, Instant at) implements RunEvent {}

    /** It begins, or begins again. */
    record Begun(Instant at) implements RunEvent {}

    /** An attempt of a step begins. */
    record StepBegun(String step, int attempt, Beginning beginning, Instant at) implements RunEvent {}

    /** A step waits, or waits for something else. */
    record StepWaits(
            String step,
            int attempt,
            Wait waiting,
            @Nullable String link,
            Instant at) implements RunEvent {}

    /** A group's deadline moves by the time that people took. */
    record StepExtended(String step, int attempt, Instant deadline, Instant at) implements RunEvent {}

    /** A worker is told to end. */
    record StepEnding(String step, int attempt, StepState.Cause cause, Wait waiting, Instant giveUpAt, Instant at)
            implements RunEvent {}

    /** A group's attempt is over; its steps are being ended. */
    record StepCollapsing(String step, int attempt, RunState state, String reason, Instant at) implements RunEvent {}

    /** The syncer is told that nobody waits for a deployment any more. */
    record DeployWithdrawn(String step, int attempt, String reason, Instant at) implements RunEvent {}

    /** An attempt failed, another follows. */
    record StepRetries(
            String step,
            int attempt,
            String reason,
            @Nullable String link,
            Instant resumeAt,
            Instant at) implements RunEvent {}

    /** A step is through. */
    record StepEnded(
            String step,
            int attempt,
            RunState state,
            StepState.Effect effect,
            @Nullable String reason,
            @Nullable String link,
            Map<String, JsonNode> outputs,
            Instant at)
            implements RunEvent {
        public StepEnded {
            outputs = Map.copyOf(outputs);
        }
    }

    /** Somebody decided about an approval. */
    record Judged(
            String step,
            int attempt,
            RunInput.Judgement judgement,
            String actor,
            @Nullable String comment,
            Instant at) implements RunEvent {}

    /** Somebody asked for its end. */
    record CancelAsked(
            RunInput.Stop stop, String actor, @Nullable String reason, Instant at) implements RunEvent {}

    /** Another part of the plan is on. */
    record Turned(Run.Course course, Instant at) implements RunEvent {}

    /** It is through. */
    record Finished(Run.Verdict verdict, Instant at) implements RunEvent {}

    /** Somebody asked for another round: the steps named begin again. */
    record Reopened(String actor, List<String> steps, Instant at) implements RunEvent {
        public Reopened {
            steps = List.copyOf(steps);
        }
    }

    /** How an attempt begins. */
    sealed interface Beginning {
        /** Leased work; the action has no expressions left. */
        record Work(JsonNode action, Instant deadline) implements Beginning {}

        /** A command to the syncer. */
        record Deploy(String application, @Nullable String revision, long fence, Instant deadline)
                implements Beginning {}

        /** A question to people. */
        record Ask(String message, Instant deadline) implements Beginning {}

        /** A pause; there is a deadline only if it comes before the end of the pause. */
        record Pause(Instant until, @Nullable Instant deadline) implements Beginning {}

        /** A message. */
        record Say(String channel, String workspace, String text) implements Beginning {}

        /** The steps of a group. */
        record Group(@Nullable Instant deadline) implements Beginning {}

        /** Nothing: its action could not be resolved. */
        record Nothing() implements Beginning {}
    }
}
