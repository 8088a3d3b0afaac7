package dev.tiphys.syncer.plan;

import dev.tiphys.syncer.source.ManifestProblem;
import dev.tiphys.syncer.source.ObjectRef;
import java.util.List;
import java.util.stream.Stream;

/** What a sync will do. Nothing is changed or deleted that stands not here. */
public sealed interface SyncPlan {

    /**
     * A plan.
     *
     * @param waves in order; never empty waves
     * @param kept owned objects that the repository no longer names and that stay, with the reason
     * @param warnings for the application's conditions
     */
    record Planned(List<Wave> waves, List<Kept> kept, List<ManifestProblem> warnings) implements SyncPlan {
        public Planned {
            waves = List.copyOf(waves);
            kept = List.copyOf(kept);
            warnings = List.copyOf(warnings);
        }

        /** {@return all changes in their order} */
        public Stream<Change> changes() {
            return waves.stream().flatMap(wave -> wave.changes().stream());
        }

        /** {@return whether the cluster is as the repository says: no request would be made, and nothing waits to be pruned} */
        public boolean inSync() {
            return kept.stream().noneMatch(Kept::outOfSync)
                    && changes().allMatch(change -> change instanceof Change.Unchanged);
        }
    }

    /** Nothing may be done until a person decides or changes something. At least one problem. */
    record Refused(List<ManifestProblem> problems) implements SyncPlan {
        public Refused {
            problems = List.copyOf(problems);
        }
    }

    /**
     * An object that stays.
     *
     * @param owned whether the application goes on owning it
     * @param outOfSync whether it makes the application OutOfSync, as an object that waits to be pruned does
     */
    record Kept(ObjectRef ref, String why, boolean owned, boolean outOfSync) {}
}
