package dev.tiphys.syncer.plan;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.syncer.source.ObjectKey;
import dev.tiphys.syncer.source.ObjectRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Which of the owned objects that nobody wants any more are deleted, and why the others stay. */
record Pruning(List<Waves.Placed> prunes, List<SyncPlan.Kept> kept) {

    private record Candidate(ObjectRef ref, ObjectNode live) {
        int wave() {
            return Marks.wave(live).orElse(0);
        }
    }

    static Pruning of(Desired desired, Map<ObjectKey, ObjectNode> live, Set<ObjectRef> owned, PlanOptions options) {
        List<Candidate> candidates = new ArrayList<>();
        List<SyncPlan.Kept> kept = new ArrayList<>();
        Set<ObjectKey> seen = new HashSet<>();
        for (ObjectRef ref : owned) {
            ObjectNode current = live.get(ref.key());
            if (current == null || desired.objects().containsKey(ref.key()) || !seen.add(ref.key())) {
                continue;
            }
            Optional<SyncPlan.Kept> stays = stays(ref, current, desired, options);
            stays.ifPresentOrElse(kept::add, () -> candidates.add(new Candidate(ref, current)));
        }
        return new Pruning(placed(candidates, desired, options), kept);
    }

    private static Optional<SyncPlan.Kept> stays(ObjectRef ref, ObjectNode live, Desired desired, PlanOptions options) {
        if (!Tracking.owns(options.application(), live)) {
            return Optional.of(new SyncPlan.Kept(
                    ref,
                    "its annotation " + Tracking.ANNOTATION + " does not name the application " + options.application()
                            + ": it is not deleted, and no longer counted",
                    /* owned= */ false,
                    /* outOfSync= */ false));
        }
        if (!live.path("metadata").path("ownerReferences").isEmpty()) {
            return Optional.of(new SyncPlan.Kept(
                    ref, "another object owns it and decides about it", /* owned= */ false, /* outOfSync= */ false));
        }
        return reasonToKeep(ref, live, desired, options)
                .map(why ->
                        new SyncPlan.Kept(ref, why, /* owned= */ true, !Marks.comparesWith(live, "IgnoreExtraneous")));
    }

    private static Optional<String> reasonToKeep(ObjectRef ref, ObjectNode live, Desired desired, PlanOptions options) {
        if (live.path("metadata").has("deletionTimestamp")) {
            return Optional.of("it is being deleted");
        }
        boolean namespace = ref.group().isEmpty() && "Namespace".equals(ref.kind());
        if (namespace
                && (desired.namespaces().contains(ref.name())
                        || (options.createNamespace() && ref.name().equals(options.namespace())))) {
            return Optional.of("objects of the application live in it");
        }
        if (options.pruneDisabled() || Marks.hasOption(live, "Prune=false")) {
            return Optional.of("Prune=false keeps it");
        }
        if (Marks.hasOption(live, "Prune=confirm")) {
            return Optional.of("Prune=confirm keeps it until a person deletes it");
        }
        if (!options.prune()) {
            return Optional.of("the source no longer names it, and this sync does not prune");
        }
        return Optional.empty();
    }

    /** Deleted in the reverse order of creation: the waves change places, and in a wave the kinds are turned round. */
    private static List<Waves.Placed> placed(List<Candidate> candidates, Desired desired, PlanOptions options) {
        Map<Integer, Integer> mirrored = mirrored(candidates);
        int lastWave = 0;
        for (Candidate candidate : candidates) {
            lastWave = Math.max(lastWave, mirrored.getOrDefault(candidate.wave(), 0));
        }
        for (Applied applied : desired.objects().values()) {
            lastWave = Math.max(lastWave, desired.wave(applied));
        }
        List<Waves.Placed> placed = new ArrayList<>();
        for (Candidate candidate : candidates) {
            boolean last = options.pruneLast() || Marks.hasOption(candidate.live(), "PruneLast=true");
            int wave = last ? lastWave + 1 : mirrored.getOrDefault(candidate.wave(), 0);
            placed.add(
                    new Waves.Placed(wave, -KindOrder.rank(candidate.ref().kind()), new Change.Prune(candidate.ref())));
        }
        return placed;
    }

    private static Map<Integer, Integer> mirrored(List<Candidate> candidates) {
        TreeSet<Integer> waves = new TreeSet<>();
        candidates.forEach(candidate -> waves.add(candidate.wave()));
        List<Integer> ascending = List.copyOf(waves);
        Map<Integer, Integer> mirrored = new HashMap<>();
        for (int at = 0; at < ascending.size(); at++) {
            mirrored.put(ascending.get(at), ascending.get(ascending.size() - 1 - at));
        }
        return mirrored;
    }
}
