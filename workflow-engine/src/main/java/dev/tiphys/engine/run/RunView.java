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

    /** {@return how a run is shown} */
    public static RunView of(Run.Present run) {
        Charter charter = run.charter();
        Standing standing = Standing.of(run);
        return new RunView(
                charter.id(),
                charter.pipeline(),
                standing.state(),
                standing.reason(),
                run.tally().createdAt(),
                standing.startedAt(),
                standing.finishedAt(),
                charter.trigger(),
                charter.parameters(),
                run instanceof Run.Queued queued ? queued.waiting() : null,
                charter.plan().all().stream()
                        .map(task -> StepView.of(task.name(), task.kind(), stateOf(run, task)))
                        .toList());
    }

    private static StepState stateOf(Run.Present run, Task task) {
        StepState state = run.steps().get(task.name());
        if (state == null) {
            throw new IllegalStateException("run " + run.charter().id() + " has no step " + task.name());
        }
        return state;
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

    /** A run's own state as answers and filters know it, without its steps. */
    public record Standing(
            RunState state,
            @Nullable String reason,
            @Nullable Instant startedAt,
            @Nullable Instant finishedAt) {

        /** {@return where a run stands} */
        public static Standing of(Run.Present run) {
            return switch (run) {
                case Run.Queued _ -> new Standing(RunState.PENDING, null, null, null);
                case Run.Executing executing -> new Standing(RunState.RUNNING, null, executing.startedAt(), null);
                case Run.Finished finished ->
                    new Standing(
                            finished.verdict().state(),
                            finished.verdict().reason(),
                            finished.startedAt(),
                            finished.finishedAt());
            };
        }
    }
}
