package dev.tiphys.syncer.sync;

import dev.tiphys.contracts.run.Wait;
import dev.tiphys.contracts.sync.SyncFact.Changes;
import dev.tiphys.contracts.sync.SyncFact.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a stage ended. The type says what happens next, so that nobody decides again. */
sealed interface StageOutcome {

    /** It is done; go on with the next one, or end the sync if there is none. */
    record Done(@Nullable Stage next, Changes changes) implements StageOutcome {}

    /**
     * It cannot go on now.
     *
     * @param what {@code until} is when to try again even if nothing happens
     * @param problems what to tell if the deadline comes first
     * @param again where to go on
     */
    record Waiting(Wait what, List<Problem> problems, Stage again, Changes changes) implements StageOutcome {
        public Waiting {
            problems = List.copyOf(problems);
        }
    }

    /** A person has to change something. */
    record Stuck(String message, List<Problem> problems, Changes changes) implements StageOutcome {
        public Stuck {
            problems = List.copyOf(problems);
        }
    }

    /** It failed, and waiting does not help. */
    record Failed(String message, List<Problem> problems, Changes changes) implements StageOutcome {
        public Failed {
            problems = List.copyOf(problems);
        }
    }

    /** Another sync took its place while it worked. */
    record Superseded() implements StageOutcome {}
}
