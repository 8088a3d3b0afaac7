package dev.tiphys.syncer.plan;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.syncer.source.Manifest;
import dev.tiphys.syncer.source.ManifestProblem;
import dev.tiphys.syncer.source.ObjectKey;
import dev.tiphys.syncer.source.ObjectRef;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Decides what a sync does. Pure: the same arguments give the same plan. */
public final class Planning {

    private Planning() {}

    /**
     * The objects whose live state {@link #plan} needs, besides the owned ones.
     *
     * @return the refs in their namespaces, each object once; with the destination's namespace if it may be created
     */
    public static Set<ObjectRef> lookups(List<Manifest> desired, PlanOptions options, Scopes scopes) {
        Desired placed = Desired.of(desired, options, scopes);
        Set<ObjectRef> refs = new LinkedHashSet<>();
        if (options.createNamespace() && !options.namespace().isEmpty()) {
            refs.add(namespaceRef(options));
        }
        placed.objects().values().forEach(applied -> refs.add(applied.ref()));
        return refs;
    }

    /**
     * Plans a sync.
     *
     * @param live the objects that exist, of {@link #lookups} and of {@code owned}
     * @param owned what the application applied before and did not delete since. What of it stands afterwards neither in a
     *     change nor in {@link SyncPlan.Planned#kept} does not exist any more
     */
    public static SyncPlan plan(
            List<Manifest> desired,
            Map<ObjectKey, ObjectNode> live,
            Set<ObjectRef> owned,
            PlanOptions options,
            Scopes scopes) {
        Desired placed = Desired.of(desired, options, scopes);
        if (!placed.problems().isEmpty()) {
            return new SyncPlan.Refused(placed.problems());
        }
        Pruning pruning = Pruning.of(placed, live, owned, options);
        if (placed.objects().isEmpty() && !pruning.prunes().isEmpty() && !options.allowEmpty()) {
            return new SyncPlan.Refused(List.of(new ManifestProblem(
                    "",
                    0,
                    0,
                    "the source holds no manifest: this would delete all "
                            + pruning.prunes().size()
                            + " objects of the application; set syncPolicy.automated.allowEmpty if it is meant")));
        }
        List<ManifestProblem> warnings = new ArrayList<>(placed.warnings());
        List<Waves.Placed> changes = new ArrayList<>(pruning.prunes());
        for (Applied applied : placed.objects().values()) {
            Optional<ObjectNode> current =
                    Optional.ofNullable(live.get(applied.ref().key()));
            current.flatMap(Tracking::owner)
                    .filter(owner -> !owner.equals(options.application()))
                    .ifPresent(owner -> warnings.add(new ManifestProblem(
                            applied.manifest().file(),
                            applied.manifest().line(),
                            0,
                            applied.ref().text() + " also belongs to the application " + owner
                                    + ": take it out of one of the two")));
            changes.add(
                    new Waves.Placed(placed.wave(applied), placed.rank(applied), change(applied, current, options)));
        }
        return new SyncPlan.Planned(
                Waves.of(createNamespace(placed, live, options), changes), pruning.kept(), warnings);
    }

    private static Change change(Applied applied, Optional<ObjectNode> live, PlanOptions options) {
        String file = applied.manifest().file();
        int line = applied.manifest().line();
        if (live.isEmpty()) {
            return new Change.Create(applied.ref(), applied.tree(), file, line);
        }
        List<Difference> differences = Drift.differences(applied.tree(), live.get(), options.fieldManager());
        boolean same = differences.isEmpty() && Comparison.ownsAll(applied.tree(), live.get(), options.fieldManager());
        return same
                ? new Change.Unchanged(applied.ref(), applied.tree())
                : new Change.Update(applied.ref(), applied.tree(), file, line, differences);
    }

    private static Optional<Change> createNamespace(
            Desired placed, Map<ObjectKey, ObjectNode> live, PlanOptions options) {
        ObjectRef ref = namespaceRef(options);
        boolean needed = options.createNamespace()
                && !options.namespace().isEmpty()
                && !placed.objects().isEmpty()
                && !placed.objects().containsKey(ref.key())
                && !live.containsKey(ref.key());
        if (!needed) {
            return Optional.empty();
        }
        ObjectNode tree =
                Json.mapper().createObjectNode().put("apiVersion", "v1").put("kind", "Namespace");
        tree.putObject("metadata").put("name", options.namespace());
        return Optional.of(new Change.CreateNamespace(ref, tree));
    }

    private static ObjectRef namespaceRef(PlanOptions options) {
        return new ObjectRef("", "v1", "Namespace", null, options.namespace());
    }

    /** Keeps the order of the files. */
    static <V> Map<ObjectKey, V> ordered() {
        return new LinkedHashMap<>();
    }
}
