package dev.tiphys.sandbox.workloads;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.sandbox.objects.Trees;
import dev.tiphys.sandbox.objects.Writer;
import java.time.Duration;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** Keeps the numbered pods of a stateful set: made in order, replaced from the highest number down. */
final class StatefulSets implements Controller {

    private static final String REVISION = "controller-revision-hash";

    private final Cluster cluster;

    StatefulSets(Cluster cluster) {
        this.cluster = cluster;
    }

    @Override
    public Optional<Duration> reconcile(ObjectNode set) {
        if (!Trees.isLeaving(set)) {
            arrange(set);
            report(set);
        }
        return Optional.empty();
    }

    private void arrange(ObjectNode set) {
        JsonNode spec = set.path("spec");
        int wanted = spec.path("replicas").asInt();
        boolean ordered = !spec.path("podManagementPolicy").asText().equals("Parallel");
        NavigableMap<Integer, ObjectNode> pods = pods(set);
        for (int ordinal = 0; ordinal < wanted; ordinal++) {
            ObjectNode pod = pods.get(ordinal);
            if (pod == null) {
                create(set, ordinal);
            }
            if (ordered && (pod == null || !Pods.isReady(pod))) {
                return;
            }
        }
        for (ObjectNode surplus : pods.tailMap(wanted, true).descendingMap().values()) {
            cluster.delete(surplus);
            if (ordered) {
                return;
            }
        }
        if (!spec.path("updateStrategy").path("type").asText().equals("RollingUpdate")) {
            return;
        }
        int partition = spec.path("updateStrategy")
                .path("rollingUpdate")
                .path("partition")
                .asInt();
        for (int ordinal = wanted - 1; ordinal >= partition; ordinal--) {
            ObjectNode pod = pods.get(ordinal);
            if (pod == null || !Pods.isReady(pod)) {
                return;
            }
            if (!revision(pod).equals(updateRevision(set))) {
                cluster.delete(pod);
                return;
            }
        }
    }

    private void create(ObjectNode set, int ordinal) {
        String name = Trees.name(set) + "-" + ordinal;
        ObjectNode pod = Cluster.podOf(set, set.path("spec").path("template"));
        ObjectNode metadata = Trees.metadata(pod).put("name", name);
        metadata.remove("generateName");
        metadata.withObjectProperty("labels")
                .put(REVISION, updateRevision(set))
                .put("statefulset.kubernetes.io/pod-name", name)
                .put("apps.kubernetes.io/pod-index", Integer.toString(ordinal));
        ObjectNode podSpec = pod.withObjectProperty("spec").put("hostname", name);
        podSpec.put("subdomain", set.path("spec").path("serviceName").asText());
        for (JsonNode claim : set.path("spec").path("volumeClaimTemplates")) {
            String claimName = Trees.name(claim) + "-" + name;
            podSpec.withArrayProperty("volumes")
                    .addObject()
                    .put("name", Trees.name(claim))
                    .putObject("persistentVolumeClaim")
                    .put("claimName", claimName);
            if (cluster.find("/persistentvolumeclaims", Trees.namespace(set), claimName)
                    .isEmpty()) {
                ObjectNode own = claim.deepCopy();
                own.put("apiVersion", "v1").put("kind", "PersistentVolumeClaim").remove("status");
                Trees.metadata(own).put("name", claimName).put("namespace", Trees.namespace(set));
                cluster.create("/persistentvolumeclaims", own);
            }
        }
        cluster.create("/pods", pod);
    }

    private void report(ObjectNode set) {
        NavigableMap<Integer, ObjectNode> pods = pods(set);
        String update = updateRevision(set);
        ObjectNode status = set.path("status") instanceof ObjectNode old ? old.deepCopy() : Trees.object();
        int ready = (int) pods.values().stream().filter(Pods::isReady).count();
        int updated = (int) pods.values().stream()
                .filter(pod -> revision(pod).equals(update))
                .count();
        int wanted = set.path("spec").path("replicas").asInt();
        String current = status.path("currentRevision").asText("");
        if (current.isEmpty() || (updated == wanted && ready == wanted && pods.size() == wanted)) {
            current = update;
        }
        String present = current;
        status.put("observedGeneration", set.path("metadata").path("generation").asInt())
                .put("replicas", pods.size())
                .put("availableReplicas", ready)
                .put("currentRevision", current)
                .put("updateRevision", update)
                .put("collisionCount", 0);
        Counts.put(status, "readyReplicas", ready);
        Counts.put(status, "updatedReplicas", updated);
        Counts.put(status, "currentReplicas", (int) pods.values().stream()
                .filter(pod -> revision(pod).equals(present))
                .count());
        cluster.setStatus(set, status, Writer.CONTROLLER);
    }

    private NavigableMap<Integer, ObjectNode> pods(ObjectNode set) {
        TreeMap<Integer, ObjectNode> pods = new TreeMap<>();
        List<ObjectNode> own = cluster.controlled(set, "Pod");
        for (ObjectNode pod : own) {
            String number = Trees.name(pod).substring(Trees.name(pod).lastIndexOf('-') + 1);
            if (!Trees.isLeaving(pod) && number.matches("\\d{1,6}")) {
                pods.put(Integer.valueOf(number), pod);
            }
        }
        return pods;
    }

    private static String updateRevision(JsonNode set) {
        return Trees.name(set) + "-" + TemplateHash.of(set.path("spec").path("template"));
    }

    private static String revision(JsonNode pod) {
        return pod.path("metadata").path("labels").path(REVISION).asText();
    }
}
