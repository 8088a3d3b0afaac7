package dev.tiphys.engine.run;

import static dev.tiphys.engine.run.RunRules.refuse;
import static dev.tiphys.engine.run.StepState.Effect.BLOCKS;
import static dev.tiphys.engine.run.StepState.Effect.PASSES;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tiphys.contracts.run.RunState;
import dev.tiphys.contracts.run.Wait;
import dev.tiphys.contracts.sync.DeployedBy;
import dev.tiphys.contracts.sync.SyncFact;
import dev.tiphys.engine.run.Decision.Refusal;
import dev.tiphys.engine.run.RunInput.Judgement;
import dev.tiphys.engine.work.LeafOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What reports about a step lead to. */
final class StepRules {
    /** How long a worker that was told to end may take to confirm it. */
    static final Duration PATIENCE_WITH_WORKERS = Duration.ofMinutes(1);

    /** How long after its deadline the syncer's own, more telling failure is waited for. */
    static final Duration PATIENCE_WITH_SYNCER = Duration.ofSeconds(30);

    private static final int SHOWN_PROBLEMS = 3;

    private StepRules() {}

    static Decision onWaits(Unfolding unfolding, RunInput.LeafWaits waits) {
        if (!(unfolding.state(waits.step()).orElse(null) instanceof StepState.Working working)
                || working.attempt().number() != waits.attempt()) {
            return stale(waits.step(), waits.attempt());
        }
        if (waits.waiting().equals(working.waiting())
                && (waits.link() == null || waits.link().equals(working.link()))) {
            return refuse(Refusal.DUPLICATE, "step " + waits.step() + " shows that already");
        }
        unfolding.emit(
                new RunEvent.StepWaits(waits.step(), waits.attempt(), waits.waiting(), waits.link(), unfolding.now()));
        return unfolding.accepted();
    }

    static Decision onReport(Unfolding unfolding, RunInput.LeafReported reported) {
        StepState state = unfolding.state(reported.step()).orElse(null);
        if (!(state instanceof StepState.Working || state instanceof StepState.Ending)
                || !(state instanceof StepState.Active active)
                || active.attempt().number() != reported.attempt()) {
            return stale(reported.step(), reported.attempt());
        }
        Task task = task(unfolding, reported.step());
        StepState.Cause cause = state instanceof StepState.Ending ending ? ending.cause() : null;
        int attempt = reported.attempt();
        switch (reported.outcome()) {
            case LeafOutcome.Succeeded(var outputs, var link) ->
                unfolding.endStep(task, attempt, RunState.SUCCEEDED, PASSES, null, link(active, link), outputs);
            case LeafOutcome.Stuck(var reason, var link) ->
                unfolding.endStep(
                        task, attempt, RunState.STUCK, unfolding.effectOf(task), reason, link(active, link), Map.of());
            case LeafOutcome.Failed(var reason, var link, var outputs) ->
                ended(unfolding, task, active, cause, reason, link(active, link), outputs);
            case LeafOutcome.Cancelled(var detail, var link) ->
                ended(
                        unfolding,
                        task,
                        active,
                        cause == null ? new StepState.Cause.TimedOut(timedOut(task)) : cause,
                        detail,
                        link(active, link),
                        Map.of());
        }
        return unfolding.advance();
    }

    private static void ended(
            Unfolding unfolding,
            Task task,
            StepState.Active active,
            StepState.@Nullable Cause cause,
            String detail,
            @Nullable String link,
            Map<String, JsonNode> outputs) {
        StepState.Effect effect = unfolding.effectOf(task);
        switch (cause) {
            case null -> unfolding.fail(task, active.attempt(), RunState.FAILED, detail, link, outputs, effect);
            case StepState.Cause.TimedOut(var reason) ->
                unfolding.fail(
                        task, active.attempt(), RunState.FAILED, reason + " (" + detail + ")", link, outputs, effect);
            case StepState.Cause.Cancelled(var reason) ->
                unfolding.endStep(
                        task,
                        active.attempt().number(),
                        RunState.CANCELLED,
                        BLOCKS,
                        reason + " (" + detail + ")",
                        link,
                        outputs);
        }
    }

    static Decision onSync(Unfolding unfolding, SyncFact fact) {
        return switch (fact) {
            case SyncFact.SyncStarted started
            when started.by() != null -> onSyncStarted(unfolding, started, started.by());
            case SyncFact.SyncWaiting waiting
            when waiting.by() != null ->
                deploying(unfolding, waiting.by()) instanceof StepState.Deploying
                        ? syncWaits(unfolding, waiting.by(), waiting.waiting())
                        : stale(waiting.by());
            case SyncFact.SyncFinished finished
            when finished.by() != null ->
                deploying(unfolding, finished.by()) instanceof StepState.Deploying deploying
                        ? onSyncFinished(unfolding, finished, finished.by(), deploying)
                        : stale(finished.by());
            case SyncFact.SyncStarted _,
                    SyncFact.SyncWaiting _,
                    SyncFact.SyncFinished _,
                    SyncFact.HealthChanged _,
                    SyncFact.DriftChanged _ -> refuse(Refusal.INVALID, "that is not about a deployment of a run");
        };
    }

    private static Decision onSyncStarted(Unfolding unfolding, SyncFact.SyncStarted started, DeployedBy by) {
        if (!(deploying(unfolding, by) instanceof StepState.Deploying deploying)) {
            return stale(by);
        }
        RunEvent.Beginning.Deploy shown = new RunEvent.Beginning.Deploy(
                deploying.application(), started.revision(), deploying.fence(), deploying.deadline());
        return syncWaits(unfolding, by, Waits.sync(shown, deploying.waiting().since()));
    }

    private static Decision syncWaits(Unfolding unfolding, DeployedBy by, Wait waiting) {
        if (deploying(unfolding, by) instanceof StepState.Deploying deploying && waiting.equals(deploying.waiting())) {
            return refuse(Refusal.DUPLICATE, "step " + by.step() + " shows that already");
        }
        unfolding.emit(new RunEvent.StepWaits(by.step(), by.attempt(), waiting, null, unfolding.now()));
        return unfolding.accepted();
    }

    private static Decision onSyncFinished(
            Unfolding unfolding, SyncFact.SyncFinished finished, DeployedBy by, StepState.Deploying deploying) {
        Task task = task(unfolding, by.step());
        StepState.Effect effect = unfolding.effectOf(task);
        int attempt = by.attempt();
        Map<String, JsonNode> outputs = new LinkedHashMap<>();
        outputs.put("application", TextNode.valueOf(finished.application()));
        if (finished.revision() != null) {
            outputs.put("revision", TextNode.valueOf(finished.revision()));
        }
        switch (finished.outcome()) {
            case SUCCEEDED -> unfolding.endStep(task, attempt, RunState.SUCCEEDED, PASSES, null, null, outputs);
            case FAILED ->
                unfolding.fail(task, deploying.attempt(), RunState.FAILED, reason(finished), null, outputs, effect);
            case STUCK -> unfolding.endStep(task, attempt, RunState.STUCK, effect, reason(finished), null, outputs);
            case WITHDRAWN ->
                unfolding.endStep(
                        task, attempt, RunState.FAILED, effect, "withdrawn: " + reason(finished), null, outputs);
        }
        return unfolding.advance();
    }

    private static String reason(SyncFact.SyncFinished finished) {
        // The message often is the first problem's own sentence; nobody wants to read it twice.
        List<SyncFact.Problem> problems = finished.problems().stream()
                .filter(problem -> !finished.message().contains(problem.message()))
                .toList();
        if (problems.isEmpty()) {
            return finished.message();
        }
        String shown =
                problems.stream().limit(SHOWN_PROBLEMS).map(StepRules::text).collect(Collectors.joining("; "));
        int more = problems.size() - SHOWN_PROBLEMS;
        return finished.message() + ": " + shown + (more > 0 ? "; and " + more + " more" : "");
    }

    private static String text(SyncFact.Problem problem) {
        StringBuilder text = new StringBuilder();
        if (problem.file() != null) {
            text.append(problem.file());
            if (problem.line() != null) {
                text.append(':').append(problem.line());
            }
            text.append(": ");
        }
        if (problem.object() != null) {
            text.append(problem.object()).append(": ");
        }
        return text.append(problem.message()).toString();
    }

    static Decision onTimer(Unfolding unfolding, RunInput.TimerFired fired) {
        StepState state = unfolding.state(fired.step()).orElse(null);
        if (!(state instanceof StepState.Active active) || active.attempt().number() != fired.attempt()) {
            return stale(fired.step(), fired.attempt());
        }
        Task task = task(unfolding, fired.step());
        return switch (fired.timer()) {
            case DEADLINE -> onDeadline(unfolding, task, active);
            case RESUME -> onResume(unfolding, task, active);
            case GIVE_UP -> onGiveUp(unfolding, task, active);
        };
    }

    private static Decision onDeadline(Unfolding unfolding, Task task, StepState.Active active) {
        int attempt = active.attempt().number();
        String reason = timedOut(task);
        switch (active) {
            case StepState.Working working -> {
                StepState.Cause cause = new StepState.Cause.TimedOut(reason);
                tellToEnd(unfolding, task, working.attempt(), cause, reason);
            }
            case StepState.Deploying deploying -> {
                unfolding.emit(new RunEvent.DeployWithdrawn(task.name(), attempt, reason, unfolding.now()));
                unfolding.fail(
                        task,
                        deploying.attempt(),
                        RunState.FAILED,
                        reason + ", and the syncer did not say why; it last waited for "
                                + deploying.waiting().reason() + " on "
                                + deploying.waiting().on(),
                        null,
                        Map.of(),
                        unfolding.effectOf(task));
            }
            case StepState.Asking _ ->
                unfolding.endStep(
                        task,
                        attempt,
                        RunState.FAILED,
                        unfolding.effectOf(task),
                        "rejected: nobody decided within " + duration(task),
                        null,
                        Map.of());
            case StepState.Pausing pausing
            when pausing.deadline() != null ->
                unfolding.fail(
                        task, pausing.attempt(), RunState.FAILED, reason, null, Map.of(), unfolding.effectOf(task));
            case StepState.Open(var current, Instant deadline)
            when deadline != null -> {
                Instant extended = current.startedAt()
                        .plus(task.timeout() == null ? Duration.ZERO : task.timeout())
                        .plus(PeoplesTime.within(task, unfolding.run(), current.startedAt(), unfolding.now()));
                if (extended.isAfter(unfolding.now())) {
                    unfolding.emit(new RunEvent.StepExtended(task.name(), attempt, extended, unfolding.now()));
                } else {
                    unfolding.collapse(task, attempt, RunState.FAILED, reason);
                }
            }
            case StepState.Open _,
                    StepState.Pausing _,
                    StepState.BackingOff _,
                    StepState.Ending _,
                    StepState.Collapsing _ -> {
                return stale(task.name(), attempt);
            }
        }
        return unfolding.advance();
    }

    static void tellToEnd(
            Unfolding unfolding, Task task, StepState.Attempt attempt, StepState.Cause cause, String reason) {
        Instant giveUpAt = unfolding.now().plus(PATIENCE_WITH_WORKERS);
        unfolding.emit(new RunEvent.StepEnding(
                task.name(),
                attempt.number(),
                cause,
                Waits.end(reason, unfolding.now(), giveUpAt),
                giveUpAt,
                unfolding.now()));
    }

    private static Decision onResume(Unfolding unfolding, Task task, StepState.Active active) {
        switch (active) {
            case StepState.Pausing pausing
            when pausing.deadline() == null ->
                unfolding.endStep(task, pausing.attempt().number(), RunState.SUCCEEDED, PASSES, null, null, Map.of());
            case StepState.BackingOff backingOff -> {
                if (unfolding.goesOn(task)) {
                    unfolding.begin(task, backingOff.attempt().number() + 1);
                } else {
                    unfolding.endStep(
                            task,
                            backingOff.attempt().number(),
                            RunState.FAILED,
                            unfolding.effectOf(task),
                            backingOff.reason(),
                            backingOff.link(),
                            Map.of());
                }
            }
            case StepState.Working _,
                    StepState.Deploying _,
                    StepState.Asking _,
                    StepState.Pausing _,
                    StepState.Open _,
                    StepState.Collapsing _,
                    StepState.Ending _ -> {
                return stale(task.name(), active.attempt().number());
            }
        }
        return unfolding.advance();
    }

    private static Decision onGiveUp(Unfolding unfolding, Task task, StepState.Active active) {
        if (!(active instanceof StepState.Ending ending)) {
            return stale(task.name(), active.attempt().number());
        }
        String detail = "the worker did not confirm the end within " + Waits.text(PATIENCE_WITH_WORKERS);
        ended(unfolding, task, ending, ending.cause(), detail, ending.link(), Map.of());
        return unfolding.advance();
    }

    static Decision onJudge(Unfolding unfolding, RunInput.Judge judge) {
        StepState state = unfolding.state(judge.step()).orElse(null);
        if (state == null) {
            return refuse(Refusal.UNKNOWN, "the run has no step " + judge.step());
        }
        if (!(state instanceof StepState.Asking asking)) {
            return refuse(
                    Refusal.NOT_NOW,
                    "step " + judge.step() + " is " + StepView.stateOf(state).word()
                            + " and does not wait for an approval");
        }
        if (judge.actor().isBlank()) {
            return refuse(Refusal.INVALID, "an approval needs somebody who approves");
        }
        Task task = task(unfolding, judge.step());
        int attempt = asking.attempt().number();
        unfolding.emit(new RunEvent.Judged(
                judge.step(), attempt, judge.judgement(), judge.actor(), judge.comment(), unfolding.now()));
        String said = judge.comment() == null || judge.comment().isBlank() ? "" : ": " + judge.comment();
        if (judge.judgement() == Judgement.REJECT) {
            unfolding.endStep(
                    task,
                    attempt,
                    RunState.FAILED,
                    unfolding.effectOf(task),
                    "rejected by " + judge.actor() + said,
                    null,
                    Map.of("rejectedBy", TextNode.valueOf(judge.actor())));
            return unfolding.advance();
        }
        Map<String, JsonNode> outputs = new LinkedHashMap<>();
        outputs.put("approvedBy", TextNode.valueOf(judge.actor()));
        if (judge.comment() != null) {
            outputs.put("comment", TextNode.valueOf(judge.comment()));
        }
        unfolding.endStep(task, attempt, RunState.SUCCEEDED, PASSES, null, null, outputs);
        return unfolding.advance();
    }

    private static @Nullable StepState deploying(Unfolding unfolding, DeployedBy by) {
        return unfolding
                .state(by.step())
                .filter(state -> state instanceof StepState.Deploying deploying
                        && deploying.attempt().number() == by.attempt()
                        && deploying.fence() == by.fence())
                .orElse(null);
    }

    private static @Nullable String link(StepState.Active active, @Nullable String newer) {
        return newer == null ? RunRules.linkOf(active) : newer;
    }

    private static Task task(Unfolding unfolding, String step) {
        Task task = unfolding.run().charter().plan().byName().get(step);
        if (task == null) {
            throw new IllegalStateException("the plan has no step " + step);
        }
        return task;
    }

    private static String timedOut(Task task) {
        return "timed out after " + duration(task);
    }

    private static String duration(Task task) {
        Duration timeout = LeafBeginning.timeoutOf(task);
        return timeout == null ? "its deadline" : Waits.text(timeout);
    }

    private static Decision stale(DeployedBy by) {
        return refuse(
                Refusal.STALE,
                "step " + by.step() + " attempt " + by.attempt() + " does not wait for the sync with token "
                        + by.fence());
    }

    private static Decision stale(String step, int attempt) {
        return refuse(Refusal.STALE, "step " + step + " attempt " + attempt + " does not wait for that");
    }
}
