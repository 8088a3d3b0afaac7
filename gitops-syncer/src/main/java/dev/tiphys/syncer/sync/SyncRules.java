package dev.tiphys.syncer.sync;

import dev.tiphys.contracts.audit.ActionTaken;
import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.definition.Application;
import dev.tiphys.contracts.payload.Payload;
import dev.tiphys.contracts.run.Wait;
import dev.tiphys.contracts.sync.ApplicationStatus;
import dev.tiphys.contracts.sync.DeployedBy;
import dev.tiphys.contracts.sync.SyncCommand;
import dev.tiphys.contracts.sync.SyncFact;
import dev.tiphys.contracts.sync.SyncFact.Changes;
import dev.tiphys.contracts.sync.SyncFact.Outcome;
import dev.tiphys.contracts.sync.SyncFact.Problem;
import dev.tiphys.contracts.sync.SyncStatus;
import dev.tiphys.syncer.sync.ApplicationState.Attempt;
import dev.tiphys.syncer.sync.ApplicationState.Ended;
import dev.tiphys.syncer.sync.ApplicationState.Held;
import dev.tiphys.syncer.sync.ApplicationState.Seen;
import dev.tiphys.syncer.sync.Decision.Refusal;
import dev.tiphys.syncer.sync.Decision.Told;
import dev.tiphys.syncer.sync.Decision.Why;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides what an input means for an application. Pure: the same arguments give the same decision. */
public final class SyncRules {

    /** How long a sync may take that no run waits for. */
    static final Duration OWN_SYNC_LIMIT = Duration.ofHours(1);

    /** The pause before a changed object is brought back for the second time in a row; it doubles each time. */
    private static final Duration FIRST_HEAL_PAUSE = Duration.ofSeconds(2);

    private static final Duration LONGEST_HEAL_PAUSE = Duration.ofMinutes(5);

    /** Whoever reads a hundred problems has no use for the next one, and a record has to fit into the log. */
    static final int MOST_PROBLEMS = 100;

    private SyncRules() {}

    /**
     * Chooses what an input leads to.
     *
     * @param application its name
     * @param definition null if there is none
     * @param now the moment the input is handled
     */
    public static Decision decide(
            String application,
            ApplicationState state,
            SyncInput input,
            @Nullable Application definition,
            Instant now) {
        Rules rules = new Rules(application, state, definition, now);
        return switch (input) {
            case SyncInput.Requested requested -> rules.onRequested(requested);
            case SyncInput.Withdrawn withdrawn -> rules.onWithdrawn(withdrawn);
            case SyncInput.AskedByPerson asked -> rules.onAsked(asked);
            case SyncInput.RollbackAsked asked -> rules.onRollback(asked);
            case SyncInput.FellBehind behind -> rules.onFellBehind(behind);
            case SyncInput.Defined defined -> rules.onDefined(defined);
            case SyncInput.Removed _ -> rules.onRemoved();
            case SyncInput.Compared compared -> rules.onCompared(compared.seen());
            case SyncInput.RevisionFound found -> rules.onRevisionFound(found);
            case SyncInput.StageEntered entered -> rules.onStageEntered(entered);
            case SyncInput.Blocked blocked -> rules.onBlocked(blocked);
            case SyncInput.Over over -> rules.onOver(over);
        };
    }

    /** {@return the moment from which a changed object may be brought back (again)} */
    public static Instant healAfter(Attempt attempt) {
        if (attempt.heals() == 0) {
            return Instant.MIN;
        }
        int doublings = Math.min(attempt.heals() - 1, 10);
        Duration pause = FIRST_HEAL_PAUSE.multipliedBy(1L << doublings);
        return attempt.at().plus(pause.compareTo(LONGEST_HEAL_PAUSE) > 0 ? LONGEST_HEAL_PAUSE : pause);
    }

    /** One decision: its arguments, and the facts gathered so far. */
    private static final class Rules {
        private final String application;
        private final ApplicationState before;
        private final ApplicationState state;
        private final @Nullable Application definition;
        private final Instant now;
        private final List<Told> facts = new ArrayList<>();

        private Rules(String application, ApplicationState before, @Nullable Application definition, Instant now) {
            this.application = application;
            this.before = before;
            this.state = before.counted();
            this.definition = definition;
            this.now = now;
        }

        private Decision onRequested(SyncInput.Requested requested) {
            SyncCommand.SyncRequested command = requested.command();
            DeployedBy by = command.by();
            OperationId id = OperationId.of(application, by);
            if (state.runs(id) || state.ended().contains(id)) {
                return refuse(Why.DUPLICATE, "run " + by.run() + " step " + by.step() + " asked for this before");
            }
            if (by.fence() <= state.fence()) {
                String why = "the command carries fence " + by.fence() + ", but fence " + state.fence() + " was seen";
                return refuseAloud(requested, id, Outcome.WITHDRAWN, Why.STALE, why);
            }
            if (definition == null) {
                String why = "there is no Application " + application + ": apply its definition, then retry the step";
                return refuseAloud(requested, id, Outcome.STUCK, Why.UNKNOWN, why);
            }
            if (definition.automated() != null) {
                return refuseAloud(requested, id, Outcome.STUCK, Why.NOT_ALLOWED, bothDriven(application));
            }
            ApplicationState next = withdrawRunning(
                    state.fenced(by.fence()),
                    "run " + by.run() + " step " + by.step() + " deploys " + revisionText(command.revision())
                            + " in its place");
            return accept(next.running(new Operation(
                    id,
                    new Trigger.Pipeline(by),
                    requested.causality(),
                    command.revision(),
                    null,
                    true,
                    now,
                    command.deadline(),
                    StageName.FETCH,
                    Changes.NONE,
                    null)));
        }

        private Decision refuseAloud(
                SyncInput.Requested requested, OperationId id, Outcome outcome, Why why, String detail) {
            SyncCommand.SyncRequested command = requested.command();
            tellFinished(
                    id,
                    requested.causality(),
                    command.revision(),
                    command.by(),
                    outcome,
                    detail,
                    List.of(),
                    Changes.NONE);
            ApplicationState next = state.fenced(command.by().fence());
            Ended end = new Ended(id, command.by(), command.revision(), now, now, outcome, detail);
            boolean tellsPeople = outcome == Outcome.STUCK && next.operation() == null;
            return new Decision(tellsPeople ? next.ended(end) : next.remembering(id), facts, new Refusal(why, detail));
        }

        private Decision onWithdrawn(SyncInput.Withdrawn withdrawn) {
            DeployedBy by = withdrawn.command().by();
            OperationId id = OperationId.of(application, by);
            if (state.ended().contains(id)) {
                return refuse(Why.DUPLICATE, "the sync of run " + by.run() + " step " + by.step() + " is over");
            }
            if (state.runs(id) && by.fence() < state.fence()) {
                return refuse(
                        Why.STALE,
                        "the withdrawal carries fence " + by.fence() + ", but fence " + state.fence() + " was seen");
            }
            if (state.runs(id)) {
                return accept(withdrawRunning(
                        state.fenced(by.fence()), withdrawn.command().reason()));
            }
            // The request comes before its withdrawal on the log. If it did not get here, it must not begin later.
            tellFinished(
                    id,
                    withdrawn.causality(),
                    null,
                    by,
                    Outcome.WITHDRAWN,
                    withdrawn.command().reason(),
                    List.of(),
                    Changes.NONE);
            return accept(state.fenced(by.fence()).remembering(id));
        }

        private Decision onAsked(SyncInput.AskedByPerson asked) {
            if (definition == null) {
                return refuse(Why.UNKNOWN, "there is no Application " + application);
            }
            if (state.operation() != null) {
                return refuse(Why.NOT_ALLOWED, busy(state.operation()));
            }
            Application.Automated automated = definition.automated();
            Held held = state.held();
            tellAction(asked.actor(), "sync", revisionText(asked.revision()));
            boolean again = asked.revision() == null && automated == null && held != null && held.pinned();
            String revision = again ? Objects.requireNonNull(held).revision() : asked.revision();
            boolean pruneByDefault = automated == null || automated.prune();
            boolean prune = asked.prune() == null ? pruneByDefault : asked.prune();
            return accept(own(state, new Trigger.Person(asked.actor(), revision != null), revision, prune));
        }

        private Decision onRollback(SyncInput.RollbackAsked asked) {
            if (definition == null) {
                return refuse(Why.UNKNOWN, "there is no Application " + application);
            }
            if (definition.automated() != null) {
                return refuse(
                        Why.NOT_ALLOWED,
                        application + " syncs itself and would go forward again at once:"
                                + " remove spec.syncPolicy.automated first, or revert the commit");
            }
            if (state.operation() != null) {
                return refuse(Why.NOT_ALLOWED, busy(state.operation()));
            }
            Optional<ApplicationStatus.Deployment> target = state.history().stream()
                    .filter(deployment -> deployment.id() == asked.deployment())
                    .findFirst();
            if (target.isEmpty()) {
                return refuse(
                        Why.UNKNOWN, application + " has no deployment " + asked.deployment() + " in its history");
            }
            String revision = target.get().revision();
            tellAction(asked.actor(), "rollback", "to deployment " + asked.deployment() + ", " + revision);
            return accept(own(state, new Trigger.Person(asked.actor(), true), revision, true));
        }

        private Decision onFellBehind(SyncInput.FellBehind behind) {
            Application.Automated automated = definition == null ? null : definition.automated();
            if (automated == null) {
                return refuse(Why.NOT_ALLOWED, application + " does not sync itself");
            }
            if (state.operation() != null) {
                return refuse(Why.STALE, busy(state.operation()));
            }
            if (heldByRun(state)) {
                return refuse(Why.NOT_ALLOWED, bothDriven(application));
            }
            Attempt attempt = state.attempt();
            if (attempt == null || !attempt.isAbout(behind.revision(), behind.parameters())) {
                Attempt first = new Attempt(behind.revision(), behind.parameters(), null, 0, now);
                return accept(own(state.trying(first), new Trigger.Automatic(), behind.revision(), automated.prune()));
            }
            if (attempt.failure() != null) {
                return refuse(Why.NOT_ALLOWED, "this revision was tried and failed: " + attempt.failure());
            }
            if (!automated.selfHeal()) {
                return refuse(Why.NOT_ALLOWED, application + " has no selfHeal");
            }
            if (now.isBefore(healAfter(attempt))) {
                return refuse(Why.STALE, "it was brought back a moment ago; again at " + healAfter(attempt));
            }
            boolean calm = attempt.at().plus(LONGEST_HEAL_PAUSE.multipliedBy(2)).isBefore(now);
            Attempt again =
                    new Attempt(attempt.revision(), attempt.parameters(), null, calm ? 1 : attempt.heals() + 1, now);
            return accept(own(state.trying(again), new Trigger.SelfHeal(), behind.revision(), automated.prune()));
        }

        private ApplicationState own(ApplicationState from, Trigger trigger, @Nullable String revision, boolean prune) {
            return from.running(new Operation(
                    OperationId.of(application, from.decisions()),
                    trigger,
                    Causality.NONE,
                    revision,
                    null,
                    prune,
                    now,
                    now.plus(OWN_SYNC_LIMIT),
                    StageName.FETCH,
                    Changes.NONE,
                    null));
        }

        private Decision onDefined(SyncInput.Defined defined) {
            if (before.decisions() > 0 && before.cascade() == defined.cascade()) {
                return unchanged();
            }
            return accept(state.cascading(defined.cascade()));
        }

        private Decision onRemoved() {
            if (state.operation() == null) {
                return unchanged();
            }
            return accept(withdrawRunning(state, "the definition of " + application + " was removed"));
        }

        private Decision onCompared(Seen compared) {
            Seen last = state.seen();
            Held held = state.held();
            boolean drifts = compared.sync() == SyncStatus.OUT_OF_SYNC
                    && held != null
                    && held.revision().equals(compared.commit());
            boolean unknown = compared.sync() == SyncStatus.UNKNOWN;
            Seen seen = compared.drifting(unknown ? last.drift() : drifts);
            if (last.equals(seen)) {
                return unchanged();
            }
            String revision = held == null ? null : held.revision();
            if (last.health() != seen.health()) {
                tell(
                        Causality.NONE,
                        new SyncFact.HealthChanged(
                                application, revision, last.health(), seen.health(), seen.healthMessage()));
            }
            if (last.drift() != seen.drift()) {
                tell(Causality.NONE, new SyncFact.DriftChanged(application, revision, seen.sync(), seen.drifted()));
            }
            return accept(state.seeing(seen));
        }

        private Decision onRevisionFound(SyncInput.RevisionFound found) {
            Operation operation = state.operation();
            if (operation == null || !state.runs(found.operation())) {
                return stale(found.operation());
            }
            if (found.revision().equals(operation.revision())) {
                return unchanged();
            }
            tell(
                    operation.causality(),
                    new SyncFact.SyncStarted(
                            application,
                            operation.id().value(),
                            found.revision(),
                            operation.trigger().by()));
            return accept(state.running(operation.found(found.revision())));
        }

        private Decision onStageEntered(SyncInput.StageEntered entered) {
            Operation operation = state.operation();
            if (operation == null || !state.runs(entered.operation())) {
                return stale(entered.operation());
            }
            Operation next = operation.at(entered.stage(), entered.changes());
            if (next.equals(operation)) {
                return unchanged();
            }
            boolean touchesTheCluster = entered.stage().compareTo(StageName.APPLY) >= 0;
            ApplicationState after = state.running(next);
            return accept(touchesTheCluster ? holding(after, next) : after);
        }

        private Decision onBlocked(SyncInput.Blocked blocked) {
            Operation operation = state.operation();
            if (operation == null || !state.runs(blocked.operation())) {
                return stale(blocked.operation());
            }
            Wait wait = sinceBefore(operation.waiting(), blocked.what());
            if (wait.equals(operation.waiting())) {
                return unchanged();
            }
            tell(
                    operation.causality(),
                    new SyncFact.SyncWaiting(
                            application,
                            operation.id().value(),
                            operation.revision(),
                            operation.trigger().by(),
                            wait));
            return accept(state.running(operation.waitingFor(wait)));
        }

        private static Wait sinceBefore(@Nullable Wait before, Wait wait) {
            if (before == null
                    || !before.reason().equals(wait.reason())
                    || !before.on().equals(wait.on())) {
                return wait;
            }
            return new Wait(wait.reason(), wait.on(), before.since(), wait.until(), wait.unblock());
        }

        private Decision onOver(SyncInput.Over over) {
            Operation operation = state.operation();
            if (operation == null || !state.runs(over.operation())) {
                return stale(over.operation());
            }
            ApplicationState next =
                    end(state, operation, over.outcome(), over.message(), over.problems(), over.changes());
            String revision = operation.revision();
            if (over.outcome() != Outcome.SUCCEEDED || revision == null) {
                return accept(next);
            }
            ApplicationState holding = holding(next, operation);
            if (operation.trigger() instanceof Trigger.SelfHeal) {
                return accept(holding);
            }
            int limit = definition == null ? Application.DEFAULT_HISTORY : definition.revisionHistoryLimit();
            return accept(holding.deployed(
                    revision, now, operation.trigger().by(), operation.trigger().person(), limit));
        }

        private static ApplicationState holding(ApplicationState from, Operation operation) {
            String revision = operation.revision();
            Held held = from.held();
            if (revision == null) {
                return from;
            }
            boolean byRun = operation.trigger() instanceof Trigger.Pipeline;
            boolean sameAgain = held != null
                    && held.revision().equals(revision)
                    && held.pinned() == operation.trigger().holds();
            if (!byRun && sameAgain) {
                return from; // what a run deployed stays known as deployed by it when somebody applies it once more
            }
            return from.holding(new Held(
                    revision, operation.trigger().by(), operation.trigger().holds()));
        }

        private ApplicationState withdrawRunning(ApplicationState from, String why) {
            Operation operation = from.operation();
            if (operation == null) {
                return from;
            }
            return end(from, operation, Outcome.WITHDRAWN, why, List.of(), operation.changes());
        }

        private ApplicationState end(
                ApplicationState from,
                Operation operation,
                Outcome outcome,
                String message,
                List<Problem> problems,
                Changes changes) {
            tellFinished(
                    operation.id(),
                    operation.causality(),
                    operation.revision() == null ? operation.requested() : operation.revision(),
                    operation.trigger().by(),
                    outcome,
                    message,
                    problems,
                    changes);
            ApplicationState next = from.ended(new Ended(
                    operation.id(),
                    operation.trigger().by(),
                    operation.revision(),
                    operation.startedAt(),
                    now,
                    outcome,
                    message));
            boolean ownAttempt =
                    operation.trigger() instanceof Trigger.Automatic || operation.trigger() instanceof Trigger.SelfHeal;
            Attempt attempt = next.attempt();
            if (!ownAttempt || attempt == null || outcome == Outcome.SUCCEEDED || outcome == Outcome.WITHDRAWN) {
                return next;
            }
            return next.trying(
                    new Attempt(attempt.revision(), attempt.parameters(), message, attempt.heals(), attempt.at()));
        }

        private void tellFinished(
                OperationId id,
                Causality causality,
                @Nullable String revision,
                @Nullable DeployedBy by,
                Outcome outcome,
                String message,
                List<Problem> problems,
                Changes changes) {
            // One id for each sync: should it ever be told twice, readers see that it is the same.
            facts.add(new Told(
                    "sync/" + id.value() + "/finished",
                    causality,
                    new SyncFact.SyncFinished(
                            application,
                            id.value(),
                            revision,
                            by,
                            outcome,
                            message,
                            problems.subList(0, Math.min(problems.size(), MOST_PROBLEMS)),
                            changes)));
        }

        private void tellAction(String actor, String action, String comment) {
            tell(Causality.NONE, new ActionTaken(actor, action, "application " + application, comment));
        }

        private void tell(Causality causality, Payload fact) {
            facts.add(new Told(application + "/" + state.decisions() + "/" + facts.size(), causality, fact));
        }

        private Decision accept(ApplicationState next) {
            return new Decision(next, facts, null);
        }

        private Decision unchanged() {
            return new Decision(before, List.of(), null);
        }

        private Decision refuse(Why why, String detail) {
            return new Decision(before, List.of(), new Refusal(why, detail));
        }

        private Decision stale(OperationId id) {
            return refuse(Why.STALE, "sync " + id.value() + " of " + application + " does not run");
        }
    }

    /** {@return whether a run deployed the revision that the application is held to} */
    static boolean heldByRun(ApplicationState state) {
        Held held = state.held();
        return held != null && held.pinned() && held.by() != null;
    }

    /** {@return the sentence for an application with two masters} */
    static String bothDriven(String application) {
        return application + " syncs itself (spec.syncPolicy.automated) and cannot be deployed by a pipeline too:"
                + " remove automated, or the deploy step and sync it once by hand";
    }

    private static String busy(Operation operation) {
        DeployedBy by = operation.trigger().by();
        String who = by == null ? "a sync" : "run " + by.run() + " step " + by.step();
        return who + " works on it since " + operation.startedAt() + ": wait for its end, or cancel it";
    }

    private static String revisionText(@Nullable String revision) {
        return revision == null ? "the newest revision" : revision;
    }
}
