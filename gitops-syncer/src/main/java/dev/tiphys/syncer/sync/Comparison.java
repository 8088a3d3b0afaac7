package dev.tiphys.syncer.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.contracts.sync.ApplicationStatus.Resource;
import dev.tiphys.contracts.sync.HealthStatus;
import dev.tiphys.contracts.sync.SyncFact.Problem;
import dev.tiphys.contracts.sync.SyncStatus;
import dev.tiphys.syncer.health.Health;
import dev.tiphys.syncer.health.RollUp;
import dev.tiphys.syncer.plan.Change;
import dev.tiphys.syncer.plan.Difference;
import dev.tiphys.syncer.plan.PlanOptions;
import dev.tiphys.syncer.plan.Planning;
import dev.tiphys.syncer.plan.SyncPlan;
import dev.tiphys.syncer.plan.Tracking;
import dev.tiphys.syncer.source.ManifestProblem;
import dev.tiphys.syncer.source.ObjectKey;
import dev.tiphys.syncer.source.ObjectRef;
import dev.tiphys.syncer.source.Rendering.Rendered;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What runs, beside what Git says.
 *
 * @param drifted what is not as Git says
 * @param work whether a sync would change something
 * @param refused why a sync would do nothing at all; null if it would
 * @param gone what the application owned and is neither wanted nor there any more, or not the application's any more
 * @param found what the application applied and is not remembered as owned: the memory of it was lost
 */
record Comparison(
        SyncStatus sync,
        Health health,
        List<Resource> resources,
        List<Problem> drifted,
        boolean work,
        @Nullable String refused,
        Set<ObjectRef> gone,
        Set<ObjectRef> found) {

    Comparison {
        resources = List.copyOf(resources);
        drifted = List.copyOf(drifted);
        gone = Set.copyOf(gone);
        found = Set.copyOf(found);
    }

    /** {@return every object whose live state matters} */
    static Set<ObjectRef> objects(Rendered rendered, Set<ObjectRef> owned, PlanOptions options, Cluster cluster) {
        Set<ObjectRef> objects = new LinkedHashSet<>(Planning.lookups(rendered.manifests(), options, cluster));
        objects.addAll(owned);
        return objects;
    }

    /** {@return those that exist} */
    static Map<ObjectKey, ObjectNode> live(
            Rendered rendered, Set<ObjectRef> owned, PlanOptions options, Cluster cluster) {
        Map<ObjectKey, ObjectNode> live = new HashMap<>();
        for (ObjectRef ref : objects(rendered, owned, options, cluster)) {
            cluster.live(ref.key()).ifPresent(found -> live.put(ref.key(), found));
        }
        return live;
    }

    /** Compares. Makes no request. */
    static Comparison of(Rendered rendered, Set<ObjectRef> owned, PlanOptions options, Cluster cluster) {
        Map<ObjectKey, ObjectNode> live = live(rendered, owned, options, cluster);
        SyncPlan plan = Planning.plan(rendered.manifests(), live, owned, options, cluster);
        Places places = new Places(rendered, options.namespace());
        return switch (plan) {
            case SyncPlan.Refused(List<ManifestProblem> problems) ->
                refused(problems, owned, options.application(), live);
            case SyncPlan.Planned planned -> planned(planned, owned, options, live, places);
        };
    }

    private static Comparison refused(
            List<ManifestProblem> problems, Set<ObjectRef> owned, String application, Map<ObjectKey, ObjectNode> live) {
        List<RollUp.Member> members = owned.stream()
                .map(ref -> new RollUp.Member(ref, live.get(ref.key())))
                .toList();
        List<Resource> resources = owned.stream()
                .map(ref -> resource(ref, SyncStatus.OUT_OF_SYNC, live.get(ref.key()), "not in Git"))
                .toList();
        return new Comparison(
                SyncStatus.OUT_OF_SYNC,
                RollUp.of(application, members),
                resources,
                Places.problems(problems),
                false,
                problems.getFirst().text(),
                Set.of(),
                Set.of());
    }

    private static Comparison planned(
            SyncPlan.Planned plan,
            Set<ObjectRef> owned,
            PlanOptions options,
            Map<ObjectKey, ObjectNode> live,
            Places places) {
        List<Resource> resources = new ArrayList<>();
        List<Problem> drifted = new ArrayList<>();
        List<RollUp.Member> members = new ArrayList<>();
        Set<ObjectKey> named = new LinkedHashSet<>();
        for (Change change : plan.changes().toList()) {
            ObjectNode object = live.get(change.ref().key());
            named.add(change.ref().key());
            String difference = difference(change);
            SyncStatus sync = difference == null ? SyncStatus.SYNCED : SyncStatus.OUT_OF_SYNC;
            if (change instanceof Change.CreateNamespace) {
                drifted.add(places.problem(change.ref(), "not in the cluster"));
                continue;
            }
            resources.add(resource(change.ref(), sync, object, difference));
            if (difference != null) {
                drifted.add(places.problem(change.ref(), difference));
            }
            if (!(change instanceof Change.Prune)) {
                members.add(new RollUp.Member(change.ref(), object));
            }
        }
        Set<ObjectKey> others = new HashSet<>();
        for (SyncPlan.Kept kept : plan.kept()) {
            if (!kept.owned()) {
                others.add(kept.ref().key());
                continue;
            }
            named.add(kept.ref().key());
            SyncStatus sync = kept.outOfSync() ? SyncStatus.OUT_OF_SYNC : SyncStatus.SYNCED;
            resources.add(resource(kept.ref(), sync, live.get(kept.ref().key()), kept.why()));
            if (kept.outOfSync()) {
                drifted.add(places.problem(kept.ref(), kept.why()));
            }
        }
        Set<ObjectRef> gone = owned.stream()
                .filter(ref ->
                        others.contains(ref.key()) || (!named.contains(ref.key()) && !live.containsKey(ref.key())))
                .collect(Collectors.toSet());
        boolean work = plan.changes().anyMatch(change -> !(change instanceof Change.Unchanged));
        SyncStatus sync = plan.inSync() ? SyncStatus.SYNCED : SyncStatus.OUT_OF_SYNC;
        return new Comparison(
                sync,
                RollUp.of(options.application(), members),
                resources,
                drifted,
                work,
                null,
                gone,
                found(plan, owned, options, live));
    }

    /** {@return the objects that the application names and applied, but does not remember} Only what is remembered is ever pruned. */
    static Set<ObjectRef> found(
            SyncPlan.Planned plan, Set<ObjectRef> owned, PlanOptions options, Map<ObjectKey, ObjectNode> live) {
        Set<ObjectKey> remembered = owned.stream().map(ObjectRef::key).collect(Collectors.toSet());
        return plan.changes()
                .filter(change -> !(change instanceof Change.CreateNamespace))
                .map(Change::ref)
                .filter(ref -> !remembered.contains(ref.key()))
                .filter(ref -> Optional.ofNullable(live.get(ref.key()))
                        .filter(object -> Tracking.applied(options.application(), options.fieldManager(), object))
                        .isPresent())
                .collect(Collectors.toSet());
    }

    private static @Nullable String difference(Change change) {
        return switch (change) {
            case Change.CreateNamespace _, Change.Create _ -> "not in the cluster";
            case Change.Update update ->
                update.differences().isEmpty()
                        ? "other managers own fields of it"
                        : update.differences().stream().map(Comparison::text).collect(Collectors.joining("; "));
            case Change.Unchanged _ -> null;
            case Change.Prune _ -> "no longer in Git, to be deleted";
        };
    }

    private static String text(Difference difference) {
        return difference.path() + ": " + Objects.requireNonNullElse(difference.got(), "nothing") + " instead of "
                + Objects.requireNonNullElse(difference.want(), "nothing");
    }

    private static Resource resource(
            ObjectRef ref, SyncStatus sync, @Nullable ObjectNode live, @Nullable String difference) {
        Optional<Health> health =
                live == null ? Optional.of(new Health(HealthStatus.MISSING, "")) : Health.assess(live);
        String message =
                health.map(Health::message).filter(text -> !text.isEmpty()).orElse(difference);
        return new Resource(
                ref.group(),
                ref.version(),
                ref.kind(),
                ref.namespace(),
                ref.name(),
                sync,
                health.map(Health::status).orElse(null),
                message);
    }
}
