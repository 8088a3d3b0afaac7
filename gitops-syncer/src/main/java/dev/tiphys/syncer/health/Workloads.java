package dev.tiphys.syncer.health;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** Argo CD's rules for the kinds that run pods, in its order and with its quirks. */
final class Workloads {

    private Workloads() {}

    static Health deployment(JsonNode live) {
        JsonNode spec = live.path("spec");
        JsonNode status = live.path("status");
        if (spec.path("paused").asBoolean()) {
            return Health.suspended("Deployment is paused");
        }
        if (behind(live)) {
            return Health.progressing(
                    "Waiting for rollout to finish: observed deployment generation less than desired generation");
        }
        Optional<JsonNode> overdue = Conditions.find(live, "Progressing")
                .filter(condition -> "ProgressDeadlineExceeded".equals(Conditions.reason(condition)));
        if (overdue.isPresent()) {
            return Health.degraded("Deployment \"" + name(live) + "\" exceeded its progress deadline");
        }
        long updated = status.path("updatedReplicas").asLong();
        if (spec.has("replicas") && updated < spec.path("replicas").asLong()) {
            return Health.progressing("Waiting for rollout to finish: " + updated + " out of "
                    + spec.path("replicas").asLong() + " new replicas have been updated...");
        }
        long replicas = status.path("replicas").asLong();
        if (replicas > updated) {
            return Health.progressing("Waiting for rollout to finish: " + (replicas - updated)
                    + " old replicas are pending termination...");
        }
        long available = status.path("availableReplicas").asLong();
        if (available < updated) {
            return Health.progressing("Waiting for rollout to finish: " + available + " of " + updated
                    + " updated replicas are available...");
        }
        return Health.healthy("");
    }

    static Health statefulSet(JsonNode live) {
        JsonNode spec = live.path("spec");
        JsonNode status = live.path("status");
        if (status.path("observedGeneration").asLong() == 0 || behind(live)) {
            return Health.progressing("Waiting for statefulset spec update to be observed...");
        }
        long replicas = spec.path("replicas").asLong();
        long ready = status.path("readyReplicas").asLong();
        if (spec.has("replicas") && ready < replicas) {
            return Health.progressing("Waiting for " + (replicas - ready) + " pods to be ready...");
        }
        long updated = status.path("updatedReplicas").asLong();
        JsonNode strategy = spec.path("updateStrategy");
        if ("RollingUpdate".equals(strategy.path("type").asText()) && strategy.hasNonNull("rollingUpdate")) {
            // The API server fills the partition in, so that Argo CD's rule hardly ever compares revisions. Kept.
            JsonNode partition = strategy.path("rollingUpdate").path("partition");
            if (spec.has("replicas") && partition.isNumber() && updated < replicas - partition.asLong()) {
                return Health.progressing("Waiting for partitioned roll out to finish: " + updated + " out of "
                        + (replicas - partition.asLong()) + " new pods have been updated...");
            }
            return Health.healthy("partitioned roll out complete: " + updated + " new pods have been updated...");
        }
        if ("OnDelete".equals(strategy.path("type").asText())) {
            return Health.healthy("statefulset has " + ready + " ready pods");
        }
        String revision = status.path("updateRevision").asText("");
        if (!revision.equals(status.path("currentRevision").asText(""))) {
            return Health.progressing("waiting for statefulset rolling update to complete " + updated
                    + " pods at revision " + revision + "...");
        }
        return Health.healthy("statefulset rolling update complete "
                + status.path("currentReplicas").asLong() + " pods at revision " + revision + "...");
    }

    static Health daemonSet(JsonNode live) {
        JsonNode status = live.path("status");
        if (behind(live)) {
            return Health.progressing(
                    "Waiting for rollout to finish: observed daemon set generation less than desired generation");
        }
        long updated = status.path("updatedNumberScheduled").asLong();
        long wanted = status.path("desiredNumberScheduled").asLong();
        if ("OnDelete"
                .equals(live.path("spec").path("updateStrategy").path("type").asText())) {
            return Health.healthy("daemon set " + updated + " out of " + wanted + " new pods have been updated");
        }
        String waiting = "Waiting for daemon set \"" + name(live) + "\" rollout to finish: ";
        if (updated < wanted) {
            return Health.progressing(waiting + updated + " out of " + wanted + " new pods have been updated...");
        }
        long available = status.path("numberAvailable").asLong();
        if (available < wanted) {
            return Health.progressing(waiting + available + " of " + wanted + " updated pods are available...");
        }
        return Health.healthy("");
    }

    static Health replicaSet(JsonNode live) {
        if (behind(live)) {
            return Health.progressing(
                    "Waiting for rollout to finish: observed replica set generation less than desired generation");
        }
        Optional<JsonNode> failure = Conditions.holding(live, "ReplicaFailure");
        if (failure.isPresent()) {
            return Health.degraded(Conditions.message(failure.get()));
        }
        JsonNode wanted = live.path("spec").path("replicas");
        long available = live.path("status").path("availableReplicas").asLong();
        if (wanted.isNumber() && available < wanted.asLong()) {
            return Health.progressing("Waiting for rollout to finish: " + available + " out of " + wanted.asLong()
                    + " new replicas are available...");
        }
        return Health.healthy("");
    }

    static Health job(JsonNode live) {
        Optional<JsonNode> failed = Conditions.holding(live, "Failed");
        if (failed.isPresent()) {
            return Health.degraded(Conditions.message(failed.get()));
        }
        Optional<JsonNode> suspended = Conditions.find(live, "Suspended");
        if (suspended.filter(Conditions::isTrue).isPresent()) {
            return Health.suspended(Conditions.message(suspended.get()));
        }
        Optional<JsonNode> complete = Conditions.holding(live, "Complete");
        if (complete.isPresent()) {
            return Health.healthy(Conditions.message(complete.get()));
        }
        // Argo CD takes a job that was suspended once and runs again for complete. Kept.
        return suspended
                .map(condition -> Health.healthy(Conditions.message(condition)))
                .orElseGet(() -> Health.progressing(""));
    }

    private static boolean behind(JsonNode live) {
        return live.path("metadata").path("generation").asLong()
                > live.path("status").path("observedGeneration").asLong();
    }

    private static String name(JsonNode live) {
        return live.path("metadata").path("name").asText();
    }
}
