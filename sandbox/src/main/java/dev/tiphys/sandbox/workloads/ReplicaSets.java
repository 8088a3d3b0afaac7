package dev.tiphys.sandbox.workloads;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.sandbox.objects.Trees;
import dev.tiphys.sandbox.objects.Writer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Keeps as many pods as a replica set asks for. */
final class ReplicaSets implements Controller {

    private final Cluster cluster;

    ReplicaSets(Cluster cluster) {
        this.cluster = cluster;
    }

    @Override
    public Optional<Duration> reconcile(ObjectNode set) {
        if (Trees.isLeaving(set)) {
            return Optional.empty();
        }
        List<ObjectNode> pods = new ArrayList<>(living(set));
        int wanted = set.path("spec").path("replicas").asInt();
        pods.sort(Comparator.comparing(Pods::isReady)
                .reversed()
                .thenComparing(
                        pod -> pod.path("metadata").path("creationTimestamp").asText()));
        for (int i = pods.size(); i < wanted; i++) {
            cluster.create("/pods", Cluster.podOf(set, set.path("spec").path("template")));
        }
        for (int i = wanted; i < pods.size(); i++) {
            cluster.delete(pods.get(i));
        }
        return report(set);
    }

    private Optional<Duration> report(ObjectNode set) {
        List<ObjectNode> pods = living(set);
        int minReadySeconds = set.path("spec").path("minReadySeconds").asInt();
        int ready = count(pods, Pods::isReady);
        int available = count(pods, pod -> Pods.isAvailable(pod, minReadySeconds, cluster.now()));
        ObjectNode status = set.path("status") instanceof ObjectNode old ? old.deepCopy() : Trees.object();
        status.put("replicas", pods.size())
                .put("fullyLabeledReplicas", pods.size())
                .put(
                        "observedGeneration",
                        set.path("metadata").path("generation").asInt());
        Counts.put(status, "readyReplicas", ready);
        Counts.put(status, "availableReplicas", available);
        cluster.setStatus(set, status, Writer.CONTROLLER);
        return available < ready ? Optional.of(Duration.ofSeconds(1)) : Optional.empty();
    }

    private List<ObjectNode> living(ObjectNode set) {
        return cluster.controlled(set, "Pod").stream()
                .filter(pod -> !Trees.isLeaving(pod) && !Pods.hasEnded(pod))
                .toList();
    }

    private static int count(List<ObjectNode> pods, Predicate<JsonNode> test) {
        return (int) pods.stream().filter(test).count();
    }
}
