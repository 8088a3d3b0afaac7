package dev.tiphys.sandbox.workloads;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.sandbox.objects.Trees;
import dev.tiphys.sandbox.objects.Writer;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Rolls a deployment out: a replica set per template, scaled up and down within the bounds of its strategy. */
final class Deployments implements Controller {

    private static final String REVISION = "deployment.kubernetes.io/revision";
    private static final String HASH = "pod-template-hash";

    private final Cluster cluster;

    Deployments(Cluster cluster) {
        this.cluster = cluster;
    }

    @Override
    public Optional<Duration> reconcile(ObjectNode deployment) {
        if (Trees.isLeaving(deployment)) {
            return Optional.empty();
        }
        ObjectNode current = current(deployment);
        if (current == null && !isPaused(deployment)) {
            create(deployment);
            return Optional.of(Duration.ZERO);
        }
        if (current != null) {
            if (promote(deployment, current) || scale(deployment, current)) {
                return Optional.of(Duration.ZERO);
            }
            forget(deployment, current);
        }
        return report(deployment, current);
    }

    private @Nullable ObjectNode current(ObjectNode deployment) {
        JsonNode template = deployment.path("spec").path("template");
        for (ObjectNode set : sets(deployment)) {
            ObjectNode own = set.path("spec").path("template").deepCopy();
            own.withObjectProperty("metadata").withObjectProperty("labels").remove(HASH);
            if (own.equals(template)) {
                return set;
            }
        }
        return null;
    }

    private void create(ObjectNode deployment) {
        JsonNode spec = deployment.path("spec");
        String hash = TemplateHash.of(spec.path("template"));
        ObjectNode set = Cluster.controlledBy(deployment, "apps/v1", "ReplicaSet");
        ObjectNode metadata = Trees.metadata(set).put("name", Trees.name(deployment) + "-" + hash);
        metadata.putObject("annotations").put(REVISION, Integer.toString(latestRevision(deployment) + 1));
        ObjectNode own = set.putObject("spec").put("replicas", 0);
        own.set("selector", spec.path("selector").deepCopy());
        own.withObjectProperty("selector").withObjectProperty("matchLabels").put(HASH, hash);
        own.set("template", spec.path("template").deepCopy());
        ObjectNode labels = own.withObjectProperty("template")
                .withObjectProperty("metadata")
                .withObjectProperty("labels")
                .put(HASH, hash);
        metadata.set("labels", labels.deepCopy());
        if (spec.has("minReadySeconds")) {
            own.set("minReadySeconds", spec.get("minReadySeconds"));
        }
        cluster.create("apps/replicasets", set);
    }

    /** Gives the current set the highest revision, and the deployment the same. */
    private boolean promote(ObjectNode deployment, ObjectNode current) {
        int latest = latestRevision(deployment);
        if (revision(current) < latest) {
            annotate(current, latest + 1);
            return true;
        }
        if (revision(deployment) != latest) {
            annotate(deployment, latest);
            return true;
        }
        return false;
    }

    private void annotate(ObjectNode object, int revision) {
        cluster.change(
                object,
                live -> Trees.metadata(live)
                        .withObjectProperty("annotations")
                        .put(REVISION, Integer.toString(revision)),
                Writer.CONTROLLER);
    }

    private boolean scale(ObjectNode deployment, ObjectNode current) {
        int wanted = deployment.path("spec").path("replicas").asInt();
        List<ObjectNode> old = sets(deployment).stream()
                .filter(set -> !Trees.uid(set).equals(Trees.uid(current)))
                .filter(set ->
                        replicas(set) > 0 || set.path("status").path("replicas").asInt() > 0)
                .toList();
        JsonNode strategy = deployment.path("spec").path("strategy");
        if (isPaused(deployment)) {
            return false;
        }
        if (strategy.path("type").asText().equals("Recreate")) {
            for (ObjectNode set : old) {
                if (replicas(set) > 0) {
                    return scaleTo(set, 0);
                }
            }
            return old.isEmpty() && scaleTo(current, wanted);
        }
        int surge = Counts.share(strategy.path("rollingUpdate").path("maxSurge"), wanted, true);
        int unavailable = maxUnavailable(deployment);
        int total =
                replicas(current) + old.stream().mapToInt(Deployments::replicas).sum();
        int room = wanted + surge - total;
        if (replicas(current) > wanted) {
            return scaleTo(current, wanted);
        }
        if (replicas(current) < wanted && room > 0) {
            return scaleTo(current, Math.min(wanted, replicas(current) + room));
        }
        int newUnavailable = replicas(current) - available(current);
        int surplus = total - (wanted - unavailable) - newUnavailable;
        for (ObjectNode set : old) {
            int broken = replicas(set) - available(set);
            if (surplus > 0 && broken > 0) {
                return scaleTo(set, replicas(set) - Math.min(surplus, broken));
            }
        }
        int spare = available(current)
                + old.stream().mapToInt(Deployments::available).sum()
                - (wanted - unavailable);
        for (ObjectNode set : old) {
            if (spare > 0 && replicas(set) > 0) {
                return scaleTo(set, replicas(set) - Math.min(spare, replicas(set)));
            }
        }
        return false;
    }

    private boolean scaleTo(ObjectNode set, int replicas) {
        if (replicas(set) == replicas) {
            return false;
        }
        cluster.change(set, live -> live.withObjectProperty("spec").put("replicas", replicas), Writer.CONTROLLER);
        return true;
    }

    /** Deletes the oldest empty sets beyond the history that the deployment keeps. */
    private void forget(ObjectNode deployment, ObjectNode current) {
        List<ObjectNode> empty = sets(deployment).stream()
                .filter(set -> !Trees.uid(set).equals(Trees.uid(current)))
                .filter(set -> replicas(set) == 0
                        && set.path("status").path("replicas").asInt() == 0)
                .sorted(Comparator.comparingInt(Deployments::revision))
                .toList();
        int surplus = empty.size()
                - deployment.path("spec").path("revisionHistoryLimit").asInt(10);
        empty.stream().limit(Math.max(0, surplus)).forEach(cluster::delete);
    }

    private Optional<Duration> report(ObjectNode deployment, @Nullable ObjectNode current) {
        int wanted = deployment.path("spec").path("replicas").asInt();
        ObjectNode before = deployment.path("status") instanceof ObjectNode old ? old : Trees.object();
        ObjectNode status = before.deepCopy();
        int total = 0;
        int ready = 0;
        int available = 0;
        for (ObjectNode set : sets(deployment)) {
            total += set.path("status").path("replicas").asInt();
            ready += set.path("status").path("readyReplicas").asInt();
            available += available(set);
        }
        int updated =
                current == null ? 0 : current.path("status").path("replicas").asInt();
        status.put(
                "observedGeneration",
                deployment.path("metadata").path("generation").asInt());
        Counts.put(status, "replicas", total);
        Counts.put(status, "updatedReplicas", updated);
        Counts.put(status, "readyReplicas", ready);
        Counts.put(status, "availableReplicas", available);
        Counts.put(status, "unavailableReplicas", Math.max(0, Math.max(total, wanted) - available));
        boolean enough = available >= wanted - maxUnavailable(deployment);
        stamp(
                status,
                "Available",
                enough ? "True" : "False",
                enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                enough ? "Deployment has minimum availability." : "Deployment does not have minimum availability.");
        boolean complete = updated == wanted && total == wanted && available == wanted;
        Optional<Duration> rest = progress(deployment, current, before, status, complete);
        cluster.setStatus(deployment, status, Writer.CONTROLLER);
        return rest;
    }

    private Optional<Duration> progress(
            ObjectNode deployment,
            @Nullable ObjectNode current,
            ObjectNode before,
            ObjectNode status,
            boolean complete) {
        if (current == null || isPaused(deployment)) {
            stamp(status, "Progressing", "Unknown", "DeploymentPaused", "Deployment is paused");
            return Optional.empty();
        }
        String name = "ReplicaSet \"" + Trees.name(current) + "\" ";
        if (complete) {
            stamp(status, "Progressing", "True", "NewReplicaSetAvailable", name + "has successfully progressed.");
            return Optional.empty();
        }
        Optional<JsonNode> condition = Conditions.find(before, "Progressing");
        String reason = condition.map(found -> found.path("reason").asText()).orElse("");
        boolean rolledOutBefore = reason.equals("NewReplicaSetAvailable");
        boolean isNewRollout = !condition
                .map(found -> found.path("message").asText())
                .orElse("")
                .startsWith(name);
        boolean moved = moved(before, status);
        if (isNewRollout || moved) {
            refresh(
                    status,
                    isNewRollout ? "NewReplicaSetCreated" : "ReplicaSetUpdated",
                    name + (isNewRollout ? "is created." : "is progressing."));
        } else if (rolledOutBefore) {
            // What was rolled out once does not time out when it loses a pod.
            return Optional.empty();
        }
        JsonNode progressing = Conditions.find(status, "Progressing").orElseThrow();
        if (progressing.path("status").asText().equals("False")) {
            return Optional.empty();
        }
        Duration deadline = Duration.ofSeconds(
                deployment.path("spec").path("progressDeadlineSeconds").asInt(600));
        Instant end = Instant.parse(progressing.path("lastUpdateTime").asText()).plus(deadline);
        Duration rest = Duration.between(cluster.now(), end);
        if (rest.isPositive()) {
            return Optional.of(rest);
        }
        stamp(status, "Progressing", "False", "ProgressDeadlineExceeded", name + "has timed out progressing.");
        return Optional.empty();
    }

    private static boolean moved(JsonNode before, JsonNode after) {
        int oldPods =
                before.path("replicas").asInt() - before.path("updatedReplicas").asInt();
        int newOldPods =
                after.path("replicas").asInt() - after.path("updatedReplicas").asInt();
        return after.path("updatedReplicas").asInt()
                        > before.path("updatedReplicas").asInt()
                || newOldPods < oldPods
                || after.path("readyReplicas").asInt()
                        > before.path("readyReplicas").asInt()
                || after.path("availableReplicas").asInt()
                        > before.path("availableReplicas").asInt();
    }

    private void refresh(ObjectNode status, String reason, String message) {
        String now = Trees.time(cluster.now());
        Conditions.set(status, "Progressing", "True", reason, message, now).put("lastUpdateTime", now);
    }

    private void stamp(ObjectNode status, String type, String value, String reason, String message) {
        String now = Trees.time(cluster.now());
        boolean same = Conditions.find(status, type)
                .filter(condition -> condition.path("status").asText().equals(value)
                        && condition.path("reason").asText().equals(reason)
                        && condition.path("message").asText().equals(message))
                .isPresent();
        if (!same) {
            Conditions.set(status, type, value, reason, message, now).put("lastUpdateTime", now);
        }
    }

    private int maxUnavailable(ObjectNode deployment) {
        int wanted = deployment.path("spec").path("replicas").asInt();
        JsonNode strategy = deployment.path("spec").path("strategy");
        if (strategy.path("type").asText().equals("Recreate")) {
            return 0;
        }
        int surge = Counts.share(strategy.path("rollingUpdate").path("maxSurge"), wanted, true);
        int unavailable = Counts.share(strategy.path("rollingUpdate").path("maxUnavailable"), wanted, false);
        return surge == 0 && unavailable == 0 ? 1 : Math.min(unavailable, wanted);
    }

    private List<ObjectNode> sets(ObjectNode deployment) {
        return cluster.controlled(deployment, "ReplicaSet").stream()
                .filter(set -> !Trees.isLeaving(set))
                .toList();
    }

    private int latestRevision(ObjectNode deployment) {
        return sets(deployment).stream().mapToInt(Deployments::revision).max().orElse(0);
    }

    private static boolean isPaused(JsonNode deployment) {
        return deployment.path("spec").path("paused").asBoolean();
    }

    private static int revision(JsonNode object) {
        return object.path("metadata").path("annotations").path(REVISION).asInt(0);
    }

    private static int replicas(JsonNode set) {
        return set.path("spec").path("replicas").asInt();
    }

    private static int available(JsonNode set) {
        return set.path("status").path("availableReplicas").asInt();
    }
}
