package dev.tiphys.syncer.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.contracts.sync.HealthStatus;
import dev.tiphys.contracts.sync.SyncFact.Problem;
import dev.tiphys.syncer.health.Diagnosis;
import dev.tiphys.syncer.health.Health;
import dev.tiphys.syncer.source.ObjectRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Which of some objects are not healthy, and why.
 *
 * @param unhealthy in the order asked for
 */
record Vitals(List<Patient> unhealthy) {

    Vitals {
        unhealthy = List.copyOf(unhealthy);
    }

    /**
     * An object that is not healthy.
     *
     * @param hopeless whether waiting does not help
     */
    record Patient(ObjectRef ref, String reason, boolean hopeless) {}

    /** Examines objects. Kinds without health are healthy as soon as they exist. */
    static Vitals of(Cluster cluster, Collection<ObjectRef> objects) {
        List<Patient> unhealthy = new ArrayList<>();
        for (ObjectRef ref : objects) {
            Optional<ObjectNode> live = cluster.live(ref.key());
            if (live.isEmpty()) {
                unhealthy.add(new Patient(ref, "it is not in the cluster", false));
                continue;
            }
            Optional<Health> health = Health.assess(live.get());
            if (health.isPresent() && health.get().status() != HealthStatus.HEALTHY) {
                unhealthy.add(new Patient(
                        ref, reason(cluster, ref, live.get(), health.get()), hopeless(live.get(), health.get())));
            }
        }
        return new Vitals(unhealthy);
    }

    /** {@return the one that explains most: a hopeless one first} */
    Patient worst() {
        return unhealthy.stream().filter(Patient::hopeless).findFirst().orElse(unhealthy.getFirst());
    }

    List<Problem> problems(Places places) {
        return unhealthy.stream()
                .sorted((a, b) -> Boolean.compare(b.hopeless(), a.hopeless()))
                .map(patient -> places.problem(patient.ref(), patient.reason()))
                .toList();
    }

    private static String reason(Cluster cluster, ObjectRef ref, ObjectNode live, Health health) {
        String namespace = ref.namespace() == null ? "" : ref.namespace();
        Diagnosis.Cause cause = Diagnosis.diagnose(
                live, cluster.live("Pod", namespace), cluster.live("ReplicaSet", namespace), List.of());
        if (!cause.message().isEmpty()) {
            return cause.message();
        }
        return health.message().isEmpty() ? health.status().word() : health.message();
    }

    /**
     * A crash loop may end when a database comes back, and its Deployment gives up by its own progress deadline; a Job, a pod
     * that is not restarted and a lost volume never come back.
     */
    private static boolean hopeless(ObjectNode live, Health health) {
        if (health.status() != HealthStatus.DEGRADED) {
            return false;
        }
        return switch (live.path("kind").asText()) {
            case "Deployment", "Job", "PersistentVolumeClaim" -> true;
            case "Pod" -> live.path("status").path("phase").asText().equals("Failed");
            default -> false;
        };
    }
}
