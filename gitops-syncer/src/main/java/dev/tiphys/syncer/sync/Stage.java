package dev.tiphys.syncer.sync;

import dev.tiphys.contracts.sync.SyncFact.Changes;
import dev.tiphys.syncer.plan.Wave;
import dev.tiphys.syncer.source.ObjectRef;
import dev.tiphys.syncer.source.Rendering.Rendered;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a sync does next, with what the stages before found out. */
sealed interface Stage {

    /** Finds the commit. */
    record Fetch() implements Stage {}

    /** Reads the manifests at the commit. */
    record Render(String commit) implements Stage {}

    /** Compares them with the cluster. */
    record Plan(String commit, Rendered rendered) implements Stage {}

    /**
     * Applies the first of the waves that are left, its deletions included.
     *
     * @param plan what it was planned from, should it have to be planned again
     * @param targets all objects that the repository names
     */
    record Apply(Plan plan, List<Wave> waves, List<ObjectRef> targets, Changes changes) implements Stage {
        public Apply {
            waves = List.copyOf(waves);
            targets = List.copyOf(targets);
        }
    }

    /**
     * Waits until objects are healthy.
     *
     * @param next what follows; null if the sync is then over
     */
    record Settle(
            Rendered rendered,
            List<ObjectRef> objects,
            Changes changes,
            @Nullable Apply next) implements Stage {
        public Settle {
            objects = List.copyOf(objects);
        }
    }

    /** {@return its name for readers} */
    default StageName stageName() {
        return switch (this) {
            case Fetch _ -> StageName.FETCH;
            case Render _ -> StageName.RENDER;
            case Plan _ -> StageName.PLAN;
            case Apply _ -> StageName.APPLY;
            case Settle settle -> settle.next() == null ? StageName.HEALTH : StageName.APPLY;
        };
    }
}
