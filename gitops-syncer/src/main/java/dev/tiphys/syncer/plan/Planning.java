package dev.tiphys.syncer.plan;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.syncer.source.Manifest;
import dev.tiphys.syncer.source.ObjectKey;
import dev.tiphys.syncer.source.ObjectRef;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Decides what a sync does. Pure: the same arguments give the same plan. */
public final class Planning {

    private Planning() {}

    /**
     * The objects whose live state {@link #plan} needs: read these first, and the owned ones.
     *
     * @return the refs in their namespaces, each object once; with the destination's namespace if it may be created
     */
    public static Set<ObjectRef> lookups(List<Manifest> desired, PlanOptions options, Scopes scopes) {
        return Set.of(desired.getFirst().ref().in(options.namespace() + scopes));
    }

    /**
     * Plans a sync.
     *
     * @param live the objects that exist, of {@link #lookups} and of {@code owned}
     * @param owned what the application applied before and did not delete since
     */
    public static SyncPlan plan(
            List<Manifest> desired,
            Map<ObjectKey, ObjectNode> live,
            Set<ObjectRef> owned,
            PlanOptions options,
            Scopes scopes) {
        return new SyncPlan.Planned(List.of(), List.of(), List.of());
    }
}
