package dev.tiphys.syncer.health;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.sync.HealthStatus;
import java.util.Optional;

/**
 * How one object does, as Argo CD assesses it.
 *
 * @param message why; empty if there is nothing to say
 */
public record Health(HealthStatus status, String message) {
    private static final String HOOK_FINALIZER = "argocd.argoproj.io/hook-finalizer";

    /** {@return the health of a live object; empty for kinds that have none, which count as healthy} */
    public static Optional<Health> assess(JsonNode live) {
        JsonNode metadata = live.path("metadata");
        boolean heldByHook = metadata.path("finalizers")
                .valueStream()
                .anyMatch(finalizer -> HOOK_FINALIZER.equals(finalizer.asText()));
        if (metadata.hasNonNull("deletionTimestamp") && !heldByHook) {
            return Optional.of(progressing("Pending deletion"));
        }
        String type = live.path("apiVersion").asText() + "/" + live.path("kind").asText();
        return Optional.ofNullable(
                switch (type) {
                    case "apps/v1/Deployment" -> Workloads.deployment(live);
                    case "apps/v1/StatefulSet" -> Workloads.statefulSet(live);
                    case "apps/v1/DaemonSet" -> Workloads.daemonSet(live);
                    case "apps/v1/ReplicaSet" -> Workloads.replicaSet(live);
                    case "v1/Pod" -> PodHealth.of(live);
                    case "batch/v1/Job" -> Workloads.job(live);
                    case "v1/Service" -> OtherKinds.service(live);
                    case "networking.k8s.io/v1/Ingress",
                            "networking.k8s.io/v1beta1/Ingress",
                            "extensions/v1beta1/Ingress" -> OtherKinds.ingress(live);
                    case "v1/PersistentVolumeClaim" -> OtherKinds.volumeClaim(live);
                    case "autoscaling/v1/HorizontalPodAutoscaler",
                            "autoscaling/v2beta1/HorizontalPodAutoscaler",
                            "autoscaling/v2beta2/HorizontalPodAutoscaler",
                            "autoscaling/v2/HorizontalPodAutoscaler" -> OtherKinds.autoscaler(live);
                    case "apiregistration.k8s.io/v1/APIService", "apiregistration.k8s.io/v1beta1/APIService" ->
                        OtherKinds.apiService(live);
                    case "apiextensions.k8s.io/v1/CustomResourceDefinition" -> OtherKinds.definition(live);
                    case "argoproj.io/v1alpha1/Workflow" -> OtherKinds.workflow(live);
                    default -> null;
                });
    }

    static Health healthy(String message) {
        return new Health(HealthStatus.HEALTHY, message);
    }

    static Health progressing(String message) {
        return new Health(HealthStatus.PROGRESSING, message);
    }

    static Health degraded(String message) {
        return new Health(HealthStatus.DEGRADED, message);
    }

    static Health suspended(String message) {
        return new Health(HealthStatus.SUSPENDED, message);
    }
}
