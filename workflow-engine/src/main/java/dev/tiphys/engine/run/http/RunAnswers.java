package dev.tiphys.engine.run.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.run.RunState;
import dev.tiphys.contracts.run.RunTrigger;
import dev.tiphys.contracts.run.Wait;
import dev.tiphys.engine.run.RunView;
import dev.tiphys.engine.run.StepView;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What is asked and answered over HTTP. */
final class RunAnswers {

    private RunAnswers() {}

    /** A run. */
    record RunAnswer(
            String id,
            String pipeline,
            RunState state,
            @Nullable String reason,
            Instant createdAt,
            @Nullable Instant startedAt,
            @Nullable Instant finishedAt,
            RunTrigger trigger,
            @Nullable Map<String, JsonNode> parameters,
            @JsonProperty("wait") @Nullable Wait waiting,
            List<StepAnswer> steps) {

        static RunAnswer of(RunView run) {
            return new RunAnswer(
                    run.id(),
                    run.pipeline(),
                    run.state(),
                    run.reason(),
                    run.createdAt(),
                    run.startedAt(),
                    run.finishedAt(),
                    run.trigger(),
                    run.parameters(),
                    run.waiting(),
                    run.steps().stream().map(StepAnswer::of).toList());
        }
    }

    /** A step; the outputs of a list are left out. */
    record StepAnswer(
            String name,
            String kind,
            RunState state,
            int attempt,
            @Nullable Instant startedAt,
            @Nullable Instant finishedAt,
            @Nullable String reason,
            @Nullable String link,
            @JsonProperty("wait") @Nullable Wait waiting,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Map<String, JsonNode> outputs) {

        static StepAnswer of(StepView step) {
            return new StepAnswer(
                    step.name(),
                    step.kind(),
                    step.state(),
                    step.attempt(),
                    step.startedAt(),
                    step.finishedAt(),
                    step.reason(),
                    step.link(),
                    step.waiting(),
                    step.outputs());
        }
    }

    /** A start by hand. */
    @Schema(requiredProperties = "pipeline")
    record StartRequest(
            @Nullable String pipeline,
            @Nullable Map<String, JsonNode> parameters,
            @Nullable String revision) {}

    /** A wish for the end. */
    record CancelRequest(@Nullable String mode, @Nullable String reason) {}

    /** Another round: there is nothing to say about it. */
    record RetryRequest() {}

    /** What a person says. */
    record CommentRequest(@Nullable String comment) {}
}
