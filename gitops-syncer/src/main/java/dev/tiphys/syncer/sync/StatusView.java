package dev.tiphys.syncer.sync;

import dev.tiphys.contracts.definition.Application;
import dev.tiphys.contracts.run.Wait;
import dev.tiphys.contracts.sync.ApplicationStatus;
import dev.tiphys.contracts.sync.ApplicationStatus.Condition;
import dev.tiphys.contracts.sync.ApplicationStatus.Phase;
import dev.tiphys.contracts.sync.SyncFact.Outcome;
import dev.tiphys.syncer.sync.ApplicationState.Attempt;
import dev.tiphys.syncer.sync.ApplicationState.Ended;
import dev.tiphys.syncer.sync.ApplicationState.Held;
import dev.tiphys.syncer.sync.ApplicationState.Seen;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Shows the state of an application as its readers see it. Pure. */
public final class StatusView {

    private StatusView() {}

    /** {@return the status of a state} */
    public static ApplicationStatus of(Application definition, ApplicationState state) {
        Seen seen = state.seen();
        Held held = state.held();
        return new ApplicationStatus(
                definition.name(),
                definition.project(),
                new ApplicationStatus.Destination(
                        definition.destination().server(),
                        definition.destination().namespace()),
                new ApplicationStatus.Source(
                        definition.source().repoUrl(),
                        definition.source().path(),
                        definition.source().targetRevision()),
                seen.sync(),
                seen.health(),
                seen.healthMessage(),
                held == null ? null : held.revision(),
                held != null && held.pinned() ? held.by() : null,
                seen.behind(),
                operation(state),
                conditions(definition, state),
                seen.resources(),
                state.history());
    }

    private static ApplicationStatus.@Nullable Operation operation(ApplicationState state) {
        Operation running = state.operation();
        if (running != null) {
            Wait wait = running.waiting();
            String message = wait == null
                    ? running.stage().name().toLowerCase(Locale.ROOT)
                    : "waits for " + wait.reason() + ": " + wait.on();
            return new ApplicationStatus.Operation(
                    running.id().value(),
                    Phase.Running,
                    message,
                    running.startedAt(),
                    null,
                    running.revision() == null ? running.requested() : running.revision(),
                    running.trigger().by(),
                    wait);
        }
        Ended last = state.last();
        if (last == null) {
            return null;
        }
        return new ApplicationStatus.Operation(
                last.id().value(),
                phase(last.outcome()),
                last.message(),
                last.startedAt(),
                last.finishedAt(),
                last.revision(),
                last.by(),
                null);
    }

    private static Phase phase(Outcome outcome) {
        return switch (outcome) {
            case SUCCEEDED -> Phase.Succeeded;
            case FAILED, WITHDRAWN -> Phase.Failed;
            case STUCK -> Phase.Error;
        };
    }

    private static List<Condition> conditions(Application definition, ApplicationState state) {
        List<Condition> conditions = new ArrayList<>(state.seen().conditions());
        failure(definition, state).ifPresent(conditions::add);
        Ended last = state.last();
        boolean runAsked = last != null && last.by() != null;
        if (definition.automated() != null && last != null && (runAsked || SyncRules.heldByRun(state))) {
            conditions.add(
                    new Condition("InvalidSpecError", SyncRules.bothDriven(definition.name()), last.finishedAt()));
        }
        return conditions;
    }

    /** What the application tried by itself, or else a sync that a person asked for, of the revision that it is compared with. */
    private static Optional<Condition> failure(Application definition, ApplicationState state) {
        Attempt attempt = state.attempt();
        if (attempt != null && attempt.failure() != null && definition.automated() != null) {
            return Optional.of(failure(attempt.revision(), attempt.failure(), attempt.at()));
        }
        Ended last = state.last();
        if (last == null || last.by() != null || last.revision() == null) {
            return Optional.empty();
        }
        boolean failed = last.outcome() == Outcome.FAILED || last.outcome() == Outcome.STUCK;
        return failed && last.revision().equals(state.seen().commit())
                ? Optional.of(failure(last.revision(), last.message(), last.finishedAt()))
                : Optional.empty();
    }

    private static Condition failure(String revision, String why, Instant since) {
        return new Condition("SyncError", "revision " + revision + " was tried and failed: " + why, since);
    }
}
