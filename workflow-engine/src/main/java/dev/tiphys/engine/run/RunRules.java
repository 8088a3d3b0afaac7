package dev.tiphys.engine.run;

import dev.tiphys.contracts.run.RunState;
import dev.tiphys.contracts.run.Wait;
import dev.tiphys.engine.run.Decision.Refusal;
import dev.tiphys.engine.run.RunInput.Stop;
import dev.tiphys.platform.expression.Expressions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The behaviour of a run: {@link #decide} chooses facts or refuses, {@link #evolve} applies one. Both are pure. */
public final class RunRules {
    private final Expressions expressions;

    public RunRules(Expressions expressions) {
        this.expressions = expressions;
    }

    /**
     * When, with which token and with which definitions a decision is made.
     *
     * @param fence the token that deployments of this decision carry; greater than that of any earlier decision
     * @param library the definitions of that moment
     */
    public record Moment(Instant now, long fence, Library library) {}

    /** {@return what the facts come to} */
    public static Run replay(List<RunEvent> events) {
        Run run = new Run.Absent();
        for (RunEvent event : events) {
            run = evolve(run, event);
        }
        return run;
    }

    /** Chooses what an input leads to. Same arguments, same answer. */
    public Decision decide(Run run, RunInput input, Moment moment) {
        if (input instanceof RunInput.Start(Charter charter)) {
            return run instanceof Run.Present present
                    ? refuse(Refusal.DUPLICATE, "run " + present.charter().id() + " exists")
                    : start(charter, moment);
        }
        if (!(run instanceof Run.Present present)) {
            return refuse(Refusal.UNKNOWN, "there is no such run");
        }
        Unfolding unfolding = new Unfolding(present, moment, expressions);
        return switch (input) {
            case RunInput.Start _ -> throw new IllegalStateException("a start was handled before");
            case RunInput.TurnAwaited awaited -> awaitTurn(unfolding, present, awaited);
            case RunInput.TurnGranted _ -> takeTurn(unfolding, present);
            case RunInput.Superseded superseded -> supersede(unfolding, present, superseded);
            case RunInput.Cancel cancel -> cancel(unfolding, present, cancel);
            case RunInput.Retry retry -> reopen(unfolding, present, retry);
            case RunInput.LeafWaits waits -> StepRules.onWaits(unfolding, waits);
            case RunInput.LeafReported reported -> StepRules.onReport(unfolding, reported);
            case RunInput.SyncReported reported -> StepRules.onSync(unfolding, reported.fact());
            case RunInput.TimerFired fired -> StepRules.onTimer(unfolding, fired);
            case RunInput.Judge judge -> StepRules.onJudge(unfolding, judge);
        };
    }

    private Decision start(Charter charter, Moment moment) {
        Unfolding unfolding = new Unfolding(new Run.Absent(), moment, expressions);
        unfolding.emit(new RunEvent.Created(charter, moment.now()));
        if (!charter.defects().isEmpty()) {
            String reason = String.join("; ", charter.defects());
            unfolding.endPending(charter.plan().main(), RunState.SKIPPED, "the run cannot begin");
            unfolding.endPending(charter.plan().always(), RunState.SKIPPED, "the run cannot begin");
            unfolding.emit(new RunEvent.Finished(new Run.Verdict(RunState.STUCK, reason), moment.now()));
            return unfolding.accepted();
        }
        if (charter.line() == null) {
            unfolding.emit(new RunEvent.Begun(moment.now()));
        }
        return unfolding.advance();
    }

    private static Decision awaitTurn(Unfolding unfolding, Run.Present run, RunInput.TurnAwaited awaited) {
        Charter.Line line = run.charter().line();
        if (!(run instanceof Run.Queued queued) || line == null) {
            return refuse(Refusal.NOT_NOW, "run " + run.charter().id() + " does not wait for a turn");
        }
        Wait waiting = new Wait(
                "turn",
                line.key() + " behind run " + awaited.behind(),
                queued.waiting() == null ? unfolding.now() : queued.waiting().since(),
                null,
                "run " + awaited.behind() + " ends or is cancelled");
        if (waiting.equals(queued.waiting())) {
            return refuse(Refusal.DUPLICATE, "run " + run.charter().id() + " waits behind that run already");
        }
        unfolding.emit(new RunEvent.Queued(waiting, unfolding.now()));
        return unfolding.accepted();
    }

    private static Decision takeTurn(Unfolding unfolding, Run.Present run) {
        if (!(run instanceof Run.Queued)) {
            return refuse(Refusal.NOT_NOW, "run " + run.charter().id() + " does not wait for a turn");
        }
        unfolding.emit(new RunEvent.Begun(unfolding.now()));
        return unfolding.advance();
    }

    private static Decision supersede(Unfolding unfolding, Run.Present run, RunInput.Superseded superseded) {
        if (!(run instanceof Run.Queued)) {
            return refuse(Refusal.NOT_NOW, "run " + run.charter().id() + " does not wait for a turn");
        }
        String reason = "run " + superseded.by() + " is newer and takes its place";
        unfolding.endPending(run.charter().plan().main(), RunState.SKIPPED, reason);
        unfolding.endPending(run.charter().plan().always(), RunState.SKIPPED, reason);
        unfolding.emit(new RunEvent.Finished(new Run.Verdict(RunState.SUPERSEDED, reason), unfolding.now()));
        return unfolding.accepted();
    }

    private static Decision cancel(Unfolding unfolding, Run.Present run, RunInput.Cancel cancel) {
        String said = cancel.reason();
        String reason = "cancelled by " + cancel.actor() + (said == null || said.isBlank() ? "" : ": " + said);
        Plan plan = run.charter().plan();
        return switch (run) {
            case Run.Finished finished ->
                refuse(
                        Refusal.NOT_NOW,
                        "run " + run.charter().id() + " is "
                                + finished.verdict().state().word());
            case Run.Queued _ -> {
                unfolding.emit(
                        new RunEvent.CancelAsked(cancel.stop(), cancel.actor(), cancel.reason(), unfolding.now()));
                unfolding.endPending(plan.main(), RunState.CANCELLED, reason);
                unfolding.endPending(plan.always(), RunState.CANCELLED, reason);
                unfolding.emit(new RunEvent.Finished(new Run.Verdict(RunState.CANCELLED, reason), unfolding.now()));
                yield unfolding.accepted();
            }
            case Run.Executing executing ->
                switch (executing.course()) {
                    case Run.Course.Onward _ -> windDown(unfolding, plan.main(), cancel, reason);
                    case Run.Course.WindingDown winding
                    when cancel.stop() == Stop.KILL && winding.always() ->
                        windDown(unfolding, plan.all(), cancel, reason);
                    case Run.Course.WindingDown _
                    when cancel.stop() == Stop.FINALLY && unfolding.anyThatGoesOn(plan.main()) ->
                        windDown(unfolding, plan.main(), cancel, reason);
                    case Run.Course.WindingDown _ ->
                        refuse(Refusal.DUPLICATE, "run " + run.charter().id() + " is being ended already");
                    case Run.Course.Closing _
                    when cancel.stop() == Stop.KILL -> windDown(unfolding, plan.always(), cancel, reason);
                    case Run.Course.Closing _ ->
                        refuse(
                                Refusal.NOT_NOW,
                                "run " + run.charter().id()
                                        + " does what is always done at the end; only a kill ends that");
                };
        };
    }

    private static Decision windDown(Unfolding unfolding, List<Task> tasks, RunInput.Cancel cancel, String reason) {
        unfolding.emit(new RunEvent.CancelAsked(cancel.stop(), cancel.actor(), cancel.reason(), unfolding.now()));
        unfolding.emit(new RunEvent.Turned(
                new Run.Course.WindingDown(new Run.Verdict(RunState.CANCELLED, reason), cancel.stop() != Stop.KILL),
                unfolding.now()));
        unfolding.endPending(tasks, RunState.CANCELLED, reason);
        if (cancel.stop() != Stop.DRAIN) {
            unfolding.endActive(tasks, reason);
        }
        return unfolding.advance();
    }

    private static Decision reopen(Unfolding unfolding, Run.Present run, RunInput.Retry retry) {
        String id = run.charter().id();
        if (!(run instanceof Run.Finished finished)) {
            return refuse(Refusal.NOT_NOW, "run " + id + " is not through");
        }
        RunState state = finished.verdict().state();
        if (state != RunState.FAILED && state != RunState.STUCK && state != RunState.CANCELLED) {
            return refuse(Refusal.NOT_NOW, "run " + id + " is " + state.word() + ": there is nothing to retry");
        }
        if (!run.charter().defects().isEmpty()) {
            return refuse(
                    Refusal.INVALID,
                    "run " + id + " cannot be run as it was defined; start a new one: "
                            + String.join("; ", run.charter().defects()));
        }
        List<String> again = new ArrayList<>();
        collectFailed(run.charter().plan().main(), finished.steps(), again);
        collectAll(run.charter().plan().always(), again);
        unfolding.emit(new RunEvent.Reopened(retry.actor(), again, unfolding.now()));
        if (run.charter().line() == null) {
            unfolding.emit(new RunEvent.Begun(unfolding.now()));
        }
        return unfolding.advance();
    }

    private static void collectFailed(List<Task> tasks, Map<String, StepState> steps, List<String> into) {
        for (Task task : tasks) {
            if (steps.get(task.name()) instanceof StepState.Ended ended && ended.effect() == StepState.Effect.PASSES) {
                continue;
            }
            into.add(task.name());
            collectFailed(task.nested(), steps, into);
        }
    }

    private static void collectAll(List<Task> tasks, List<String> into) {
        for (Task task : tasks) {
            into.add(task.name());
            collectAll(task.nested(), into);
        }
    }

    /** Applies one fact. Total over live and replayed facts: it never refuses and never reads a clock. */
    public static Run evolve(Run run, RunEvent event) {
        if (event instanceof RunEvent.Created(Charter charter, Instant at)) {
            Map<String, StepState> steps = new LinkedHashMap<>();
            charter.plan().all().forEach(task -> steps.put(task.name(), new StepState.Pending(0)));
            return new Run.Queued(charter, steps, new Run.Tally(1, 1, at), null);
        }
        if (!(run instanceof Run.Present present)) {
            throw new IllegalStateException(event + " is about no run");
        }
        Run.Tally tally = present.tally().plus(RunFacts.isPublished(event));
        return switch (event) {
            case RunEvent.Created _ -> throw new IllegalStateException("a creation was applied before");
            case RunEvent.Queued(var waiting, var _) ->
                new Run.Queued(present.charter(), present.steps(), tally, waiting);
            case RunEvent.Begun(var at) ->
                new Run.Executing(present.charter(), present.steps(), tally, at, new Run.Course.Onward());
            case RunEvent.Turned(var course, var _) -> turned(present, tally, course);
            case RunEvent.Finished(var verdict, var at) ->
                new Run.Finished(present.charter(), present.steps(), tally, startedAt(present), at, verdict);
            case RunEvent.Reopened reopened ->
                new Run.Queued(present.charter(), again(present.steps(), reopened.steps()), tally, null);
            case RunEvent.CancelAsked _, RunEvent.Judged _, RunEvent.DeployWithdrawn _ ->
                withSteps(present, tally, present.steps());
            case RunEvent.StepBegun begun -> step(present, tally, begun.step(), before -> begin(before, begun));
            case RunEvent.StepWaits waits -> step(present, tally, waits.step(), before -> waiting(before, waits));
            case RunEvent.StepExtended extended ->
                step(
                        present,
                        tally,
                        extended.step(),
                        before -> new StepState.Open(attemptOf(before), extended.deadline()));
            case RunEvent.StepEnding ending ->
                step(
                        present,
                        tally,
                        ending.step(),
                        before -> new StepState.Ending(
                                attemptOf(before), ending.cause(), ending.waiting(), linkOf(before)));
            case RunEvent.StepCollapsing collapsing ->
                step(
                        present,
                        tally,
                        collapsing.step(),
                        before -> new StepState.Collapsing(attemptOf(before), collapsing.state(), collapsing.reason()));
            case RunEvent.StepRetries retries -> retries(present, tally, retries);
            case RunEvent.StepEnded ended -> step(present, tally, ended.step(), before -> ended(before, ended));
        };
    }

    private static Run turned(Run.Present run, Run.Tally tally, Run.Course course) {
        Instant startedAt = startedAt(run);
        if (startedAt == null) {
            throw new IllegalStateException("run " + run.charter().id() + " never began");
        }
        return new Run.Executing(run.charter(), run.steps(), tally, startedAt, course);
    }

    private static @Nullable Instant startedAt(Run.Present run) {
        return switch (run) {
            case Run.Queued _ -> null;
            case Run.Executing executing -> executing.startedAt();
            case Run.Finished finished -> finished.startedAt();
        };
    }

    private static Run step(Run.Present run, Run.Tally tally, String name, UnaryOperator<StepState> change) {
        Map<String, StepState> steps = new LinkedHashMap<>(run.steps());
        StepState before = steps.get(name);
        if (before == null) {
            throw new IllegalStateException("run " + run.charter().id() + " has no step " + name);
        }
        steps.put(name, change.apply(before));
        return withSteps(run, tally, steps);
    }

    private static Run withSteps(Run.Present run, Run.Tally tally, Map<String, StepState> steps) {
        return switch (run) {
            case Run.Queued queued -> new Run.Queued(queued.charter(), steps, tally, queued.waiting());
            case Run.Executing executing ->
                new Run.Executing(executing.charter(), steps, tally, executing.startedAt(), executing.course());
            case Run.Finished finished ->
                new Run.Finished(
                        finished.charter(),
                        steps,
                        tally,
                        finished.startedAt(),
                        finished.finishedAt(),
                        finished.verdict());
        };
    }

    private static StepState begin(StepState before, RunEvent.StepBegun begun) {
        StepState.Attempt attempt = switch (before) {
            case StepState.BackingOff(var failed, var _, var _, var _) ->
                new StepState.Attempt(begun.attempt(), failed.base(), failed.since(), begun.at());
            case StepState.Pending(int spent) -> new StepState.Attempt(begun.attempt(), spent, begun.at(), begun.at());
            case StepState.Active _, StepState.Ended _ ->
                throw new IllegalStateException("step " + begun.step() + " began twice");
        };
        return switch (begun.beginning()) {
            case RunEvent.Beginning.Work(var _, var deadline) -> new StepState.Working(attempt, deadline, null, null);
            case RunEvent.Beginning.Deploy deploy ->
                new StepState.Deploying(
                        attempt,
                        deploy.deadline(),
                        deploy.application(),
                        deploy.revision(),
                        deploy.fence(),
                        Waits.sync(deploy, begun.at()));
            case RunEvent.Beginning.Ask ask -> new StepState.Asking(attempt, Waits.approval(ask, begun.at()));
            case RunEvent.Beginning.Pause pause ->
                new StepState.Pausing(attempt, pause.deadline(), Waits.pause(pause, begun.at()));
            case RunEvent.Beginning.Group(var deadline) -> new StepState.Open(attempt, deadline);
            case RunEvent.Beginning.Say _, RunEvent.Beginning.Nothing _ -> new StepState.Open(attempt, null);
        };
    }

    private static StepState waiting(StepState before, RunEvent.StepWaits waits) {
        return switch (before) {
            case StepState.Working working ->
                new StepState.Working(
                        working.attempt(),
                        working.deadline(),
                        waits.waiting(),
                        waits.link() == null ? working.link() : waits.link());
            case StepState.Deploying deploying ->
                new StepState.Deploying(
                        deploying.attempt(),
                        deploying.deadline(),
                        deploying.application(),
                        deploying.revision(),
                        deploying.fence(),
                        waits.waiting());
            case StepState.Ending ending ->
                new StepState.Ending(ending.attempt(), ending.cause(), waits.waiting(), ending.link());
            case StepState.Asking _,
                    StepState.Pausing _,
                    StepState.Open _,
                    StepState.Collapsing _,
                    StepState.BackingOff _,
                    StepState.Pending _,
                    StepState.Ended _ -> before;
        };
    }

    private static Run retries(Run.Present run, Run.Tally tally, RunEvent.StepRetries retries) {
        Map<String, StepState> steps = new LinkedHashMap<>(run.steps());
        StepState before = steps.getOrDefault(retries.step(), new StepState.Pending(0));
        steps.put(
                retries.step(),
                new StepState.BackingOff(attemptOf(before), retries.resumeAt(), retries.reason(), retries.link()));
        Task task = run.charter().plan().byName().get(retries.step());
        if (task != null) {
            List<String> inside = new ArrayList<>();
            collectAll(task.nested(), inside);
            return withSteps(run, tally, again(steps, inside));
        }
        return withSteps(run, tally, steps);
    }

    private static Map<String, StepState> again(Map<String, StepState> steps, List<String> names) {
        Map<String, StepState> next = new LinkedHashMap<>(steps);
        for (String name : names) {
            StepState before = next.get(name);
            if (before != null) {
                next.put(name, new StepState.Pending(spent(before)));
            }
        }
        return next;
    }

    static int spent(StepState state) {
        return switch (state) {
            case StepState.Pending(int spent) -> spent;
            case StepState.Active active -> active.attempt().number();
            case StepState.Ended ended -> ended.attempt();
        };
    }

    private static StepState ended(StepState before, RunEvent.StepEnded ended) {
        Instant startedAt = switch (before) {
            case StepState.Pending _ -> null;
            case StepState.Active active -> active.attempt().since();
            case StepState.Ended twice -> twice.startedAt();
        };
        return new StepState.Ended(
                ended.state(),
                ended.effect(),
                ended.attempt(),
                startedAt,
                ended.at(),
                ended.reason(),
                ended.link(),
                ended.outputs());
    }

    private static StepState.Attempt attemptOf(StepState state) {
        return switch (state) {
            case StepState.Active active -> active.attempt();
            case StepState.Pending _, StepState.Ended _ ->
                throw new IllegalStateException("no attempt is on its way: " + state);
        };
    }

    static @Nullable String linkOf(StepState state) {
        return switch (state) {
            case StepState.Working working -> working.link();
            case StepState.Ending ending -> ending.link();
            case StepState.BackingOff backingOff -> backingOff.link();
            case StepState.Ended ended -> ended.link();
            case StepState.Pending _,
                    StepState.Deploying _,
                    StepState.Asking _,
                    StepState.Pausing _,
                    StepState.Open _,
                    StepState.Collapsing _ -> null;
        };
    }

    static Decision refuse(Refusal why, String detail) {
        return new Decision.Refused(why, detail);
    }
}
