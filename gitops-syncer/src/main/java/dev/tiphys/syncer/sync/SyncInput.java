package dev.tiphys.syncer.sync;

import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.run.Wait;
import dev.tiphys.contracts.sync.SyncCommand;
import dev.tiphys.contracts.sync.SyncFact.Changes;
import dev.tiphys.contracts.sync.SyncFact.Outcome;
import dev.tiphys.contracts.sync.SyncFact.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What can happen to an application. */
public sealed interface SyncInput {

    // Asked from outside; any of them may arrive twice.

    /** A step of a run asks for a revision. */
    record Requested(SyncCommand.SyncRequested command, Causality causality) implements SyncInput {}

    /** A run no longer waits. */
    record Withdrawn(SyncCommand.SyncWithdrawn command, Causality causality) implements SyncInput {}

    /**
     * A person asks.
     *
     * @param revision null for the one that the application is held to or follows
     * @param prune null for what the definition says
     */
    record AskedByPerson(
            String actor,
            @Nullable String revision,
            @Nullable Boolean prune) implements SyncInput {}

    /** A person asks for an earlier deployment. */
    record RollbackAsked(String actor, long deployment) implements SyncInput {}

    // Found out by the application itself.

    /**
     * The application follows its branch, and is not as that says.
     *
     * @param parameters stands for the source and the options of the definition
     */
    record FellBehind(String revision, String parameters) implements SyncInput {}

    /** The definition is there. */
    record Defined(boolean cascade) implements SyncInput {}

    /** The definition is gone. */
    record Removed() implements SyncInput {}

    /** What runs was compared with what Git says. */
    record Compared(ApplicationState.Seen seen) implements SyncInput {}

    // Reported by the sync that runs; refused if it is another one by now.

    /** {@code RevisionFound}: the commit is known. */
    record RevisionFound(OperationId operation, String revision) implements SyncInput {}

    /** It goes on with a stage. */
    record StageEntered(OperationId operation, StageName stage, Changes changes) implements SyncInput {}

    /** It cannot go on now. */
    record Blocked(OperationId operation, Wait what) implements SyncInput {}

    /** It is over. */
    record Over(OperationId operation, Outcome outcome, String message, List<Problem> problems, Changes changes)
            implements SyncInput {
        public Over {
            problems = List.copyOf(problems);
        }
    }
}
