package dev.tiphys.syncer.sync;

import dev.tiphys.contracts.sync.ApplicationStatus;
import dev.tiphys.contracts.sync.DeployedBy;
import dev.tiphys.contracts.sync.HealthStatus;
import dev.tiphys.contracts.sync.SyncFact.Outcome;
import dev.tiphys.contracts.sync.SyncFact.Problem;
import dev.tiphys.contracts.sync.SyncStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of an application.
 *
 * @param decisions how many decisions led here; gives facts their ids
 * @param fence the highest fencing token seen; -1 before the first
 * @param held the revision that was deployed last; null before the first deployment
 * @param operation the sync that runs; null if none does
 * @param last the sync that ended last; null before that
 * @param ended the ids of the syncs that ended last, newest first: a command about one of them is a duplicate
 * @param history the deployments, newest first
 * @param deployments how many deployments there were; the id of the newest
 * @param attempt what the application last tried by itself; null before that
 * @param seen the comparison of what runs with what Git says
 * @param cascade whether its objects go when its definition goes
 */
public record ApplicationState(
        long decisions,
        long fence,
        @Nullable Held held,
        @Nullable Operation operation,
        @Nullable Ended last,
        List<OperationId> ended,
        List<ApplicationStatus.Deployment> history,
        long deployments,
        @Nullable Attempt attempt,
        Seen seen,
        boolean cascade) {

    /** Nothing is known yet. */
    public static final ApplicationState NEW =
            new ApplicationState(0, -1, null, null, null, List.of(), List.of(), 0, null, Seen.NOTHING, false);

    /** Far more than are redelivered together. */
    private static final int REMEMBERED_SYNCS = 50;

    public ApplicationState {
        ended = List.copyOf(ended);
        history = List.copyOf(history);
    }

    /**
     * What is deployed.
     *
     * @param by the run that deployed it; null if a person or the application itself did
     * @param pinned whether the application is compared with this revision and not with its branch
     */
    public record Held(String revision, @Nullable DeployedBy by, boolean pinned) {}

    /** A sync that ended. */
    public record Ended(
            OperationId id,
            @Nullable DeployedBy by,
            @Nullable String revision,
            Instant startedAt,
            Instant finishedAt,
            Outcome outcome,
            String message) {}

    /**
     * What an application tried by itself. It tries a revision with the same parameters once.
     *
     * @param parameters stands for the source and the options of the definition
     * @param failure why it failed; null if it did not
     * @param heals how often a changed object was brought back since, close to each other
     * @param at when the last of these began
     */
    public record Attempt(
            String revision, String parameters, @Nullable String failure, int heals, Instant at) {
        boolean isAbout(String otherRevision, String otherParameters) {
            return revision.equals(otherRevision) && parameters.equals(otherParameters);
        }
    }

    /**
     * The comparison.
     *
     * @param behind the newest commit of the branch where it is another one than the deployed one
     * @param drifted what is not as Git says
     * @param commit what was compared with; null if nothing could be
     * @param drift whether what runs is not as the revision that was deployed: not only behind a newer one
     */
    public record Seen(
            SyncStatus sync,
            HealthStatus health,
            @Nullable String healthMessage,
            @Nullable String behind,
            List<ApplicationStatus.Condition> conditions,
            List<ApplicationStatus.Resource> resources,
            List<Problem> drifted,
            @Nullable String commit,
            boolean drift) {
        /** Before the first comparison. */
        public static final Seen NOTHING = new Seen(
                SyncStatus.UNKNOWN, HealthStatus.UNKNOWN, null, null, List.of(), List.of(), List.of(), null, false);

        public Seen {
            conditions = List.copyOf(conditions);
            resources = List.copyOf(resources);
            drifted = List.copyOf(drifted);
        }

        Seen drifting(boolean next) {
            return new Seen(sync, health, healthMessage, behind, conditions, resources, drifted, commit, next);
        }
    }

    /** {@return whether a sync is the one that runs} */
    public boolean runs(OperationId id) {
        return operation != null && operation.id().equals(id);
    }

    /** {@return whether this application is held to a revision that a pipeline or a person chose} */
    public boolean pinned() {
        return held != null && held.pinned();
    }

    ApplicationState counted() {
        return new ApplicationState(
                decisions + 1, fence, held, operation, last, ended, history, deployments, attempt, seen, cascade);
    }

    ApplicationState fenced(long token) {
        return new ApplicationState(
                decisions,
                Math.max(fence, token),
                held,
                operation,
                last,
                ended,
                history,
                deployments,
                attempt,
                seen,
                cascade);
    }

    ApplicationState running(Operation next) {
        return new ApplicationState(
                decisions, fence, held, next, last, ended, history, deployments, attempt, seen, cascade);
    }

    ApplicationState holding(Held next) {
        return new ApplicationState(
                decisions, fence, next, operation, last, ended, history, deployments, attempt, seen, cascade);
    }

    ApplicationState trying(Attempt next) {
        return new ApplicationState(
                decisions, fence, held, operation, last, ended, history, deployments, next, seen, cascade);
    }

    ApplicationState seeing(Seen next) {
        return new ApplicationState(
                decisions, fence, held, operation, last, ended, history, deployments, attempt, next, cascade);
    }

    /** {@return this with an id remembered as one that ended} */
    ApplicationState remembering(OperationId id) {
        List<OperationId> next = new ArrayList<>(ended);
        next.addFirst(id);
        if (next.size() > REMEMBERED_SYNCS) {
            next.removeLast();
        }
        return new ApplicationState(
                decisions, fence, held, operation, last, next, history, deployments, attempt, seen, cascade);
    }

    ApplicationState ended(Ended end) {
        return new ApplicationState(
                        decisions, fence, held, null, end, ended, history, deployments, attempt, seen, cascade)
                .remembering(end.id());
    }

    ApplicationState deployed(String revision, Instant at, @Nullable DeployedBy by, @Nullable String actor, int limit) {
        List<ApplicationStatus.Deployment> next = new ArrayList<>(history);
        next.addFirst(new ApplicationStatus.Deployment(deployments + 1, revision, at, by, actor));
        List<ApplicationStatus.Deployment> kept = next.subList(0, Math.min(next.size(), Math.max(limit, 1)));
        return new ApplicationState(
                decisions, fence, held, operation, last, ended, kept, deployments + 1, attempt, seen, cascade);
    }

    ApplicationState cascading(boolean next) {
        return new ApplicationState(
                decisions, fence, held, operation, last, ended, history, deployments, attempt, seen, next);
    }
}
