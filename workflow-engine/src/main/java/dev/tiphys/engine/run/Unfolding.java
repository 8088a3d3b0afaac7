package dev.tiphys.engine.run;

import static dev.tiphys.engine.run.StepState.Effect.BLOCKS;
import static dev.tiphys.engine.run.StepState.Effect.BLOCKS_THEN_FAILS;
import static dev.tiphys.engine.run.StepState.Effect.HALTS;
import static dev.tiphys.engine.run.StepState.Effect.PASSES;
import static dev.tiphys.engine.run.StepState.Effect.PASSES_THEN_FAILS;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.definition.Pipeline.OnFailure;
import dev.tiphys.contracts.definition.Pipeline.Retry;
import dev.tiphys.contracts.run.RunState;
import dev.tiphys.platform.expression.Expressions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One decision in the making: each fact is applied as it is chosen, so that the next choice sees it. */
final class Unfolding {
    private final RunRules.Moment moment;
    private final Expressions expressions;
    private final List<RunEvent> events = new ArrayList<>();
    private Run run;

    Unfolding(Run run, RunRules.Moment moment, Expressions expressions) {
        this.run = run;
        this.moment = moment;
        this.expressions = expressions;
    }

    Instant now() {
        return moment.now();
    }

    long fence() {
        return moment.fence();
    }

    Expressions expressions() {
        return expressions;
    }

    Run.Present run() {
        if (run instanceof Run.Present present) {
            return present;
        }
        throw new IllegalStateException("there is no run yet");
    }

    Optional<StepState> state(String step) {
        return Optional.ofNullable(run().steps().get(step));
    }

    void emit(RunEvent event) {
        run = RunRules.evolve(run, event);
        events.add(event);
    }

    Decision accepted() {
        return new Decision.Accepted(events);
    }

    /** Goes on as far as the facts so far allow. */
    Decision advance() {
        int before = -1;
        while (before < events.size() && run instanceof Run.Executing executing) {
            before = events.size();
            switch (executing.course()) {
                case Run.Course.Onward _ -> onward(executing.charter().plan());
                case Run.Course.WindingDown winding ->
                    windDown(executing.charter().plan(), winding);
                case Run.Course.Closing closing -> close(executing.charter().plan(), closing);
            }
        }
        return accepted();
    }

    private void onward(Plan plan) {
        visit(plan.main());
        Optional<Task> halting = first(plan.main(), HALTS);
        if (halting.isPresent()) {
            Run.Verdict verdict = verdict(halting.get());
            emit(new RunEvent.Turned(new Run.Course.WindingDown(verdict, true), now()));
            String reason =
                    "step " + halting.get().name() + " " + verdict.state().word();
            endPending(plan.main(), RunState.SKIPPED, reason);
            endActive(plan.main(), reason);
            return;
        }
        if (allEnded(plan.main())) {
            end(plan, outcome(plan.main()));
        }
    }

    private void windDown(Plan plan, Run.Course.WindingDown winding) {
        settle(plan.main());
        settle(plan.always());
        if (anyActive(plan.main()) || anyActive(plan.always())) {
            return;
        }
        if (winding.always()) {
            end(plan, winding.verdict());
            return;
        }
        String reason = winding.verdict().reason();
        endPending(plan.always(), RunState.CANCELLED, reason == null ? "the run ended" : reason);
        emit(new RunEvent.Finished(winding.verdict(), now()));
    }

    private void end(Plan plan, Run.Verdict verdict) {
        if (plan.always().isEmpty()) {
            emit(new RunEvent.Finished(verdict, now()));
            return;
        }
        emit(new RunEvent.Turned(new Run.Course.Closing(verdict), now()));
    }

    private void close(Plan plan, Run.Course.Closing closing) {
        visit(plan.always());
        if (!allEnded(plan.always())) {
            return;
        }
        Run.Verdict last = outcome(plan.always());
        boolean spoilt = closing.verdict().state() == RunState.SUCCEEDED && last.state() != RunState.SUCCEEDED;
        emit(new RunEvent.Finished(spoilt ? last : closing.verdict(), now()));
    }

    private void visit(List<Task> tasks) {
        for (Task task : tasks) {
            switch (stateOf(task)) {
                case StepState.Pending(int spent) -> tryBegin(task, spent);
                case StepState.Open open when !task.nested().isEmpty() -> visitGroup(task, open);
                case StepState.Collapsing _ -> settle(List.of(task));
                case StepState.Active _, StepState.Ended _ -> {}
            }
        }
    }

    private void visitGroup(Task group, StepState.Open open) {
        visit(group.nested());
        Optional<Task> halting = first(group.nested(), HALTS);
        if (halting.isPresent()) {
            Run.Verdict verdict = verdict(halting.get());
            collapse(group, open.attempt().number(), verdict.state(), String.valueOf(verdict.reason()));
        }
        settle(List.of(group));
    }

    /** Ends what a group has on its way; the group ends when that is through. */
    void collapse(Task group, int attempt, RunState state, String reason) {
        emit(new RunEvent.StepCollapsing(group.name(), attempt, state, reason, now()));
        endPending(group.nested(), RunState.SKIPPED, reason);
        endActive(group.nested(), reason);
    }

    /** Ends the groups whose steps are all through. */
    private void settle(List<Task> tasks) {
        for (Task task : tasks) {
            if (task.nested().isEmpty()) {
                continue;
            }
            settle(task.nested());
            if (allEnded(task.nested())) {
                switch (stateOf(task)) {
                    case StepState.Open open -> closeGroup(task, open.attempt());
                    case StepState.Collapsing collapsing -> collapsed(task, collapsing);
                    case StepState.Pending _, StepState.Active _, StepState.Ended _ -> {}
                }
            }
        }
    }

    private void closeGroup(Task group, StepState.Attempt attempt) {
        Run.Verdict inside = outcome(group.nested());
        boolean blocks = first(group.nested(), BLOCKS_THEN_FAILS)
                .or(() -> firstFailed(group.nested(), BLOCKS))
                .isPresent();
        if (inside.state() == RunState.SUCCEEDED && !blocks) {
            endStep(group, attempt.number(), RunState.SUCCEEDED, PASSES, null, null, Map.of());
            return;
        }
        Optional<Task> halting = first(group.nested(), HALTS);
        Task cause = halting.or(() -> first(group.nested(), BLOCKS_THEN_FAILS))
                .or(() -> first(group.nested(), PASSES_THEN_FAILS))
                .or(() -> firstFailed(group.nested(), BLOCKS))
                .orElseThrow();
        Run.Verdict verdict = verdict(cause);
        StepState.Effect milder = inside.state() == RunState.SUCCEEDED ? BLOCKS : BLOCKS_THEN_FAILS;
        StepState.Effect effect = halting.isPresent() ? effectOf(group) : milder;
        fail(
                group,
                attempt,
                verdict.state(),
                String.valueOf(verdict.reason()),
                null,
                Map.of(),
                group.onFailure() == OnFailure.IGNORE ? PASSES : effect);
    }

    private void collapsed(Task group, StepState.Collapsing collapsing) {
        if (collapsing.state() == RunState.CANCELLED) {
            endStep(
                    group,
                    collapsing.attempt().number(),
                    RunState.CANCELLED,
                    BLOCKS,
                    collapsing.reason(),
                    null,
                    Map.of());
            return;
        }
        fail(group, collapsing.attempt(), collapsing.state(), collapsing.reason(), null, Map.of(), effectOf(group));
    }

    private void tryBegin(Task task, int spent) {
        for (String need : task.needs()) {
            if (!(state(need).orElse(null) instanceof StepState.Ended ended)) {
                return;
            }
            if (ended.effect() != PASSES && ended.effect() != PASSES_THEN_FAILS) {
                skip(
                        task,
                        BLOCKS,
                        "it needs " + need + ", which was " + ended.state().word());
                return;
            }
        }
        String condition = task.when();
        if (condition == null) {
            begin(task, spent + 1);
            return;
        }
        switch (expressions.test(condition, Scope.of(run()))) {
            case Expressions.Resolved<Boolean>(Boolean isTrue) when isTrue -> begin(task, spent + 1);
            case Expressions.Resolved<Boolean> _ -> skip(task, PASSES, "its condition is false: " + condition);
            case Expressions.Unresolved<Boolean> unresolved -> {
                endPending(task.nested(), RunState.SKIPPED, "the condition of " + task.name() + " is unresolved");
                endStep(task, spent, RunState.FAILED, effectOf(task), Scope.text(unresolved), null, Map.of());
            }
        }
    }

    private void skip(Task task, StepState.Effect effect, String reason) {
        for (Task inside : task.nested()) {
            skip(inside, effect, reason);
        }
        if (stateOf(task) instanceof StepState.Pending(int spent)) {
            endStep(task, spent, RunState.SKIPPED, effect, reason, null, Map.of());
        }
    }

    /** Begins an attempt. */
    void begin(Task task, int attempt) {
        switch (task.body()) {
            case Task.Body.Nested _ -> {
                Instant deadline = task.timeout() == null ? null : now().plus(task.timeout());
                emit(new RunEvent.StepBegun(task.name(), attempt, new RunEvent.Beginning.Group(deadline), now()));
            }
            case Task.Body.Leaf(var action) -> beginLeaf(task, attempt, action);
        }
    }

    private void beginLeaf(Task task, int attempt, JsonNode action) {
        LeafBeginning chosen = switch (expressions.resolve(action, Scope.of(run()))) {
            case Expressions.Resolved<JsonNode>(var resolved) -> LeafBeginning.of(task, resolved, moment);
            case Expressions.Unresolved<JsonNode> unresolved -> new LeafBeginning.Impossible(Scope.text(unresolved));
        };
        switch (chosen) {
            case LeafBeginning.Possible(var beginning) -> {
                emit(new RunEvent.StepBegun(task.name(), attempt, beginning, now()));
                afterBeginning(task, attempt, beginning);
            }
            case LeafBeginning.Impossible(var reason) -> endAtOnce(task, attempt, RunState.FAILED, reason);
            case LeafBeginning.Stuck(var reason) -> endAtOnce(task, attempt, RunState.STUCK, reason);
        }
    }

    private void endAtOnce(Task task, int attempt, RunState state, String reason) {
        emit(new RunEvent.StepBegun(task.name(), attempt, new RunEvent.Beginning.Nothing(), now()));
        endStep(task, attempt, state, effectOf(task), reason, null, Map.of());
    }

    private void afterBeginning(Task task, int attempt, RunEvent.Beginning beginning) {
        switch (stateOf(task)) {
            case StepState.Deploying deploying -> shown(task, attempt, deploying.waiting());
            case StepState.Asking asking -> shown(task, attempt, asking.waiting());
            case StepState.Pausing pausing -> shown(task, attempt, pausing.waiting());
            case StepState.Active _, StepState.Pending _, StepState.Ended _ -> {}
        }
        if (beginning instanceof RunEvent.Beginning.Say) {
            endStep(task, attempt, RunState.SUCCEEDED, PASSES, null, null, Map.of());
        }
    }

    private void shown(Task task, int attempt, dev.tiphys.contracts.run.Wait waiting) {
        emit(new RunEvent.StepWaits(task.name(), attempt, waiting, null, now()));
    }

    /** An attempt failed: another one if that is wanted and still makes sense, else the end of the step. */
    void fail(
            Task task,
            StepState.Attempt attempt,
            RunState state,
            String reason,
            @Nullable String link,
            Map<String, JsonNode> outputs,
            StepState.Effect effect) {
        Retry retry = task.retry();
        int made = attempt.number() - attempt.base();
        if (retry == null || state != RunState.FAILED || made > retry.limit() || !goesOn(task)) {
            endStep(task, attempt.number(), state, effect, reason, link, outputs);
            return;
        }
        Instant resumeAt = now().plus(Backoff.pause(retry, run().charter().id(), task.name(), attempt.number(), made));
        emit(new RunEvent.StepRetries(task.name(), attempt.number(), reason, link, resumeAt, now()));
    }

    void endStep(
            Task task,
            int attempt,
            RunState state,
            StepState.Effect effect,
            @Nullable String reason,
            @Nullable String link,
            Map<String, JsonNode> outputs) {
        emit(new RunEvent.StepEnded(task.name(), attempt, state, effect, reason, link, outputs, now()));
    }

    /** Whether something new may still begin where the task is. */
    boolean goesOn(Task task) {
        if (!(run instanceof Run.Executing executing)) {
            return false;
        }
        Plan plan = executing.charter().plan();
        boolean isOn = switch (executing.course()) {
            case Run.Course.Onward _ -> contains(plan.main(), task);
            case Run.Course.Closing _ -> contains(plan.always(), task);
            case Run.Course.WindingDown _ -> false;
        };
        return isOn
                && plan.all().stream()
                        .filter(group -> contains(group.nested(), task))
                        .noneMatch(group -> stateOf(group) instanceof StepState.Collapsing);
    }

    /** What a failure of the task means; a failed step that always runs does not keep the next one from running. */
    StepState.Effect effectOf(Task task) {
        return switch (task.onFailure()) {
            case HALT -> contains(run().charter().plan().always(), task) ? PASSES_THEN_FAILS : HALTS;
            case HALT_BRANCH -> BLOCKS;
            case HALT_BRANCH_THEN_FAIL -> BLOCKS_THEN_FAILS;
            case IGNORE -> PASSES;
        };
    }

    void endPending(List<Task> tasks, RunState state, String reason) {
        for (Task task : tasks) {
            endPending(task.nested(), state, reason);
            if (stateOf(task) instanceof StepState.Pending(int spent)) {
                endStep(task, spent, state, BLOCKS, reason, null, Map.of());
            }
        }
    }

    void endActive(List<Task> tasks, String reason) {
        for (Task task : tasks) {
            endActive(task.nested(), reason);
            switch (stateOf(task)) {
                case StepState.Working working -> {
                    StepState.Cause cause = new StepState.Cause.Cancelled(reason);
                    StepRules.tellToEnd(this, task, working.attempt(), cause, reason);
                }
                case StepState.Deploying deploying -> {
                    int attempt = deploying.attempt().number();
                    emit(new RunEvent.DeployWithdrawn(task.name(), attempt, reason, now()));
                    endStep(task, attempt, RunState.CANCELLED, BLOCKS, reason, null, Map.of());
                }
                case StepState.Open open
                when !task.nested().isEmpty() ->
                    emit(new RunEvent.StepCollapsing(
                            task.name(), open.attempt().number(), RunState.CANCELLED, reason, now()));
                case StepState.Open open -> cancelled(task, open, reason);
                case StepState.Asking asking -> cancelled(task, asking, reason);
                case StepState.Pausing pausing -> cancelled(task, pausing, reason);
                case StepState.BackingOff backingOff -> cancelled(task, backingOff, reason);
                case StepState.Ending _, StepState.Collapsing _, StepState.Pending _, StepState.Ended _ -> {}
            }
        }
    }

    private void cancelled(Task task, StepState.Active active, String reason) {
        endStep(task, active.attempt().number(), RunState.CANCELLED, BLOCKS, reason, RunRules.linkOf(active), Map.of());
    }

    boolean anyThatGoesOn(List<Task> tasks) {
        return tasks.stream()
                .anyMatch(task -> anyThatGoesOn(task.nested())
                        || switch (stateOf(task)) {
                            case StepState.Ending _, StepState.Collapsing _, StepState.Pending _, StepState.Ended _ ->
                                false;
                            case StepState.Active _ -> true;
                        });
    }

    private boolean anyActive(List<Task> tasks) {
        return tasks.stream().anyMatch(task -> stateOf(task) instanceof StepState.Active || anyActive(task.nested()));
    }

    private boolean allEnded(List<Task> tasks) {
        return tasks.stream().allMatch(task -> stateOf(task) instanceof StepState.Ended);
    }

    private Run.Verdict outcome(List<Task> tasks) {
        return first(tasks, HALTS)
                .or(() -> first(tasks, BLOCKS_THEN_FAILS))
                .or(() -> first(tasks, PASSES_THEN_FAILS))
                .map(this::verdict)
                .orElse(Run.Verdict.SUCCEEDED);
    }

    private Run.Verdict verdict(Task cause) {
        if (stateOf(cause) instanceof StepState.Ended ended) {
            RunState state = ended.state() == RunState.STUCK ? RunState.STUCK : RunState.FAILED;
            String why = ended.reason() == null ? ended.state().word() : ended.reason();
            return new Run.Verdict(state, cause.name() + ": " + why);
        }
        throw new IllegalStateException("step " + cause.name() + " has not ended");
    }

    private Optional<Task> first(List<Task> tasks, StepState.Effect effect) {
        return tasks.stream()
                .filter(task -> stateOf(task) instanceof StepState.Ended ended && ended.effect() == effect)
                .findFirst();
    }

    private Optional<Task> firstFailed(List<Task> tasks, StepState.Effect effect) {
        return tasks.stream()
                .filter(task -> stateOf(task) instanceof StepState.Ended ended
                        && ended.effect() == effect
                        && (ended.state() == RunState.FAILED || ended.state() == RunState.STUCK))
                .findFirst();
    }

    StepState stateOf(Task task) {
        StepState state = run().steps().get(task.name());
        if (state == null) {
            throw new IllegalStateException("run " + run().charter().id() + " has no step " + task.name());
        }
        return state;
    }

    private static boolean contains(List<Task> tasks, Task wanted) {
        return tasks.stream().anyMatch(task -> task.name().equals(wanted.name()) || contains(task.nested(), wanted));
    }
}
