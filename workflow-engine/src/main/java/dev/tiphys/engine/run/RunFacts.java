package dev.tiphys.engine.run;

import dev.tiphys.contracts.run.RunFact;
import java.util.List;
import java.util.Optional;

/** The facts that readers of {@code tiphys.runs} see. */
final class RunFacts {

    private RunFacts() {}

    static boolean isPublished(RunEvent event) {
        return switch (event) {
            case RunEvent.Created _,
                    RunEvent.Queued _,
                    RunEvent.Begun _,
                    RunEvent.StepBegun _,
                    RunEvent.StepWaits _,
                    RunEvent.StepEnding _,
                    RunEvent.StepRetries _,
                    RunEvent.StepEnded _,
                    RunEvent.Finished _ -> true;
            case RunEvent.StepExtended _,
                    RunEvent.StepCollapsing _,
                    RunEvent.DeployWithdrawn _,
                    RunEvent.Judged _,
                    RunEvent.CancelAsked _,
                    RunEvent.Turned _,
                    RunEvent.Reopened _ -> false;
        };
    }

    /** {@return the fact that an event is to readers; {@code after} is the run after it} */
    static Optional<RunFact> of(Run.Present after, RunEvent event) {
        Charter charter = after.charter();
        String run = charter.id();
        String pipeline = charter.pipeline();
        long sequence = after.tally().published();
        return switch (event) {
            case RunEvent.Created _ -> Optional.of(created(charter, sequence));
            case RunEvent.Queued(var waiting, var _) ->
                Optional.of(new RunFact.RunWaiting(run, sequence, pipeline, waiting));
            case RunEvent.Begun _ -> Optional.of(new RunFact.RunStarted(run, sequence, pipeline));
            case RunEvent.Finished(var verdict, var _) ->
                Optional.of(new RunFact.RunFinished(run, sequence, pipeline, verdict.state(), verdict.reason()));
            case RunEvent.StepBegun begun ->
                Optional.of(new RunFact.StepStarted(
                        run, sequence, pipeline, begun.step(), kind(charter, begun.step()), begun.attempt()));
            case RunEvent.StepWaits waits ->
                Optional.of(new RunFact.StepWaiting(
                        run, sequence, pipeline, waits.step(), waits.attempt(), waits.waiting(), waits.link()));
            case RunEvent.StepEnding ending ->
                Optional.of(new RunFact.StepWaiting(
                        run, sequence, pipeline, ending.step(), ending.attempt(), ending.waiting(), null));
            case RunEvent.StepRetries retries ->
                Optional.of(new RunFact.StepRetrying(
                        run,
                        sequence,
                        pipeline,
                        retries.step(),
                        retries.attempt(),
                        retries.reason(),
                        retries.link(),
                        retries.resumeAt()));
            case RunEvent.StepEnded ended ->
                Optional.of(new RunFact.StepFinished(
                        run,
                        sequence,
                        pipeline,
                        ended.step(),
                        ended.attempt(),
                        ended.state(),
                        ended.reason(),
                        ended.link(),
                        ended.outputs()));
            case RunEvent.StepExtended _,
                    RunEvent.StepCollapsing _,
                    RunEvent.DeployWithdrawn _,
                    RunEvent.Judged _,
                    RunEvent.CancelAsked _,
                    RunEvent.Turned _,
                    RunEvent.Reopened _ -> Optional.empty();
        };
    }

    private static RunFact created(Charter charter, long sequence) {
        List<RunFact.StepOutline> outline = charter.plan().all().stream()
                .map(task -> new RunFact.StepOutline(task.name(), task.kind()))
                .toList();
        return new RunFact.RunCreated(
                charter.id(),
                sequence,
                charter.pipeline(),
                charter.trigger(),
                charter.parameters(),
                outline,
                charter.card());
    }

    private static String kind(Charter charter, String step) {
        Task task = charter.plan().byName().get(step);
        return task == null ? "" : task.kind();
    }
}
