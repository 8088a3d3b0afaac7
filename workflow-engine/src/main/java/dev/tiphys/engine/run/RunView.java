package dev.tiphys.engine.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.run.RunState;
import dev.tiphys.contracts.run.RunTrigger;
import dev.tiphys.contracts.run.Wait;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A run as answers show it. */
public record RunView(
        String id,
        String pipeline,
        RunState state,
        @Nullable String reason,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        RunTrigger trigger,
        @Nullable Map<String, JsonNode> parameters,
        @Nullable Wait waiting,
        List<StepView> steps) {

    public RunView {
        steps = List.copyOf(steps);
    }

    /** {@return the same as a list shows it: outputs may be large} */
    public RunView withoutOutputs() {
        return new RunView(
                id,
                pipeline,
                state,
                reason,
                createdAt,
                startedAt,
                finishedAt,
                trigger,
                parameters,
                waiting,
                steps.stream().map(StepView::withoutOutputs).toList());
    }
}
