package dev.tiphys.notifier.card;

import dev.tiphys.contracts.run.RunFact;
import dev.tiphys.contracts.run.RunState;
import dev.tiphys.contracts.run.RunTrigger;
import dev.tiphys.contracts.run.Wait;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A run as a reader of its facts sees it: what its card shows.
 *
 * @param sequence the newest fact that is in it
 * @param target where its messages go; null if nobody asked for any
 * @param reason why it ended; null while it goes on, and if it succeeded
 * @param waiting what it waits for before it begins; null unless it does
 */
public record RunPicture(
        String run,
        long sequence,
        String pipeline,
        RunTrigger trigger,
        RunFact.@Nullable NotifyTarget target,
        RunState state,
        @Nullable String reason,
        @Nullable Wait waiting,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        List<StepPicture> steps) {

    private static final RunTrigger UNKNOWN_TRIGGER = new RunTrigger(null, null, null, null, null, null, null, null);

    public RunPicture {
        steps = List.copyOf(steps);
    }

    /**
     * Applies one fact.
     *
     * @param before null if this is the first fact that was seen; a run whose beginning was missed has no target
     * @param at when the fact happened
     */
    public static RunPicture evolve(@Nullable RunPicture before, RunFact fact, Instant at) {
        return switch (fact) {
            case RunFact.RunCreated f -> created(f);
            case RunFact.RunWaiting f -> known(before, f, f.pipeline()).asRun(f, RunState.WAITING, f.waiting());
            case RunFact.RunStarted f -> known(before, f, f.pipeline()).begun(f, at);
            case RunFact.RunFinished f -> known(before, f, f.pipeline()).ended(f, at);
            case RunFact.StepStarted f ->
                known(before, f, f.pipeline())
                        .with(f, f.step(), f.kind(), step -> step.begin(f.kind(), f.attempt(), at));
            case RunFact.StepWaiting f ->
                known(before, f, f.pipeline())
                        .with(f, f.step(), "", step -> step.await(f.attempt(), f.waiting(), f.link(), at));
            case RunFact.StepRetrying f ->
                known(before, f, f.pipeline())
                        .with(f, f.step(), "", step -> step.retry(f.attempt(), f.reason(), f.link(), pause(f, at)));
            case RunFact.StepFinished f ->
                known(before, f, f.pipeline())
                        .with(f, f.step(), "", step -> step.end(f.attempt(), f.state(), f.reason(), f.link(), at));
        };
    }

    /** {@return the step of a name; empty if no fact named it} */
    public Optional<StepPicture> step(String name) {
        return steps.stream().filter(step -> step.name().equals(name)).findFirst();
    }

    private static RunPicture created(RunFact.RunCreated f) {
        return new RunPicture(
                f.run(),
                f.sequence(),
                f.pipeline(),
                f.trigger(),
                f.card(),
                RunState.PENDING,
                null,
                null,
                null,
                null,
                f.steps().stream()
                        .map(step -> StepPicture.declared(step.name(), step.kind()))
                        .toList());
    }

    private static RunPicture known(@Nullable RunPicture before, RunFact fact, String pipeline) {
        if (before != null) {
            return before;
        }
        return new RunPicture(
                fact.run(), 0, pipeline, UNKNOWN_TRIGGER, null, RunState.PENDING, null, null, null, null, List.of());
    }

    private static Wait pause(RunFact.StepRetrying f, Instant at) {
        return new Wait("the next attempt", "attempt " + (f.attempt() + 1), at, f.resumeAt(), "it goes on by itself");
    }

    private RunPicture asRun(RunFact fact, RunState next, @Nullable Wait wait) {
        return new RunPicture(
                run, fact.sequence(), pipeline, trigger, target, next, null, wait, startedAt, null, steps);
    }

    private RunPicture begun(RunFact fact, Instant at) {
        Instant since = startedAt == null ? at : startedAt;
        return new RunPicture(
                run, fact.sequence(), pipeline, trigger, target, RunState.RUNNING, null, null, since, null, steps);
    }

    private RunPicture ended(RunFact.RunFinished f, Instant at) {
        return new RunPicture(
                run, f.sequence(), pipeline, trigger, target, f.state(), f.reason(), null, startedAt, at, steps);
    }

    private RunPicture with(RunFact fact, String name, String kind, UnaryOperator<StepPicture> change) {
        List<StepPicture> changed = new ArrayList<>(steps);
        if (step(name).isEmpty()) {
            changed.add(StepPicture.declared(name, kind));
        }
        changed.replaceAll(replacing(name, change));
        return new RunPicture(
                run,
                fact.sequence(),
                pipeline,
                trigger,
                target,
                state,
                reason,
                waiting,
                startedAt,
                finishedAt,
                changed);
    }

    private static UnaryOperator<StepPicture> replacing(String name, Function<StepPicture, StepPicture> change) {
        return step -> step.name().equals(name) ? change.apply(step) : step;
    }
}
