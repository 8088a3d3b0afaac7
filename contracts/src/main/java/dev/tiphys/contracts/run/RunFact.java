package dev.tiphys.contracts.run;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.payload.EventType;
import dev.tiphys.contracts.payload.Payload;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A fact about a run, as readers of {@code tiphys.runs} see it. Facts of one run are in order: {@code sequence} counts from
 * 1 without gaps. The whole story of a run can be told from them.
 */
public sealed interface RunFact extends Payload {

    /** {@return the run's id, the key on the topic} */
    String run();

    /** {@return the position among the facts of this run, from 1} */
    long sequence();

    /** A step as it is declared, for readers that draw the whole run before it has begun. */
    record StepOutline(String name, String kind) {}

    /**
     * Where a run's messages go.
     *
     * @param slack the channel, for example {@code #deploys}
     * @param workspace the SlackWorkspace definition's name
     */
    record NotifyTarget(String slack, String workspace) {}

    /**
     * A run exists; it is pending.
     *
     * @param card where its card goes; null if nobody asked for one
     */
    @EventType("dev.tiphys.run.created.v1")
    record RunCreated(
            String run,
            long sequence,
            String pipeline,
            RunTrigger trigger,
            Map<String, JsonNode> parameters,
            List<StepOutline> steps,
            @JsonProperty("notify") @Nullable NotifyTarget card)
            implements RunFact {
        public RunCreated {
            parameters = Map.copyOf(parameters);
            steps = List.copyOf(steps);
        }
    }

    /** A run waits for its turn before it begins. */
    @EventType("dev.tiphys.run.waiting.v1")
    record RunWaiting(
            String run,
            long sequence,
            String pipeline,
            @JsonProperty("wait") Wait waiting) implements RunFact {}

    /** A run begins, or goes on after a retry that a person asked for. */
    @EventType("dev.tiphys.run.started.v1")
    record RunStarted(String run, long sequence, String pipeline) implements RunFact {}

    /**
     * A run ended.
     *
     * @param state a finished state
     * @param reason why, for a person; null if it succeeded
     */
    @EventType("dev.tiphys.run.finished.v1")
    record RunFinished(
            String run,
            long sequence,
            String pipeline,
            RunState state,
            @Nullable String reason) implements RunFact {}

    /** An attempt of a step begins; {@code attempt} counts from 1. */
    @EventType("dev.tiphys.step.started.v1")
    record StepStarted(String run, long sequence, String pipeline, String step, String kind, int attempt)
            implements RunFact {}

    /**
     * A step waits, or waits for something else than before.
     *
     * @param link a page that shows what it waits for; null if there is none
     */
    @EventType("dev.tiphys.step.waiting.v1")
    record StepWaiting(
            String run,
            long sequence,
            String pipeline,
            String step,
            int attempt,
            @JsonProperty("wait") Wait waiting,
            @Nullable String link)
            implements RunFact {}

    /** An attempt failed and the next one begins at {@code resumeAt}. */
    @EventType("dev.tiphys.step.retrying.v1")
    record StepRetrying(
            String run,
            long sequence,
            String pipeline,
            String step,
            int attempt,
            String reason,
            @Nullable String link,
            Instant resumeAt)
            implements RunFact {}

    /**
     * A step ended.
     *
     * @param attempt the last attempt; 0 if it never began
     * @param state a finished state
     * @param reason why, for a person; null if it succeeded
     * @param link a page that shows more; null if there is none
     * @param outputs what it hands on to later steps
     */
    @EventType("dev.tiphys.step.finished.v1")
    record StepFinished(
            String run,
            long sequence,
            String pipeline,
            String step,
            int attempt,
            RunState state,
            @Nullable String reason,
            @Nullable String link,
            Map<String, JsonNode> outputs)
            implements RunFact {
        public StepFinished {
            outputs = Map.copyOf(outputs);
        }
    }
}
