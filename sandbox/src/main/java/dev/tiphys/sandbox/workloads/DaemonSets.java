package dev.tiphys.sandbox.workloads;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.sandbox.objects.Trees;
import dev.tiphys.sandbox.objects.Writer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Keeps one pod of a daemon set on the one node. */
final class DaemonSets implements Controller {

    private static final String REVISION = "controller-revision-hash";

    private final Cluster cluster;

    DaemonSets(Cluster cluster) {
        this.cluster = cluster;
    }

    @Override
    public Optional<Duration> reconcile(ObjectNode set) {
        if (Trees.isLeaving(set)) {
            return Optional.empty();
        }
        String revision = TemplateHash.of(set.path("spec").path("template"));
        List<ObjectNode> pods = living(set);
        if (pods.isEmpty()) {
            ObjectNode pod = Cluster.podOf(set, set.path("spec").path("template"));
            Trees.metadata(pod).withObjectProperty("labels").put(REVISION, revision);
            pod.withObjectProperty("spec").put("nodeName", Pods.NODE);
            cluster.create("/pods", pod);
        }
        boolean rolls =
                set.path("spec").path("updateStrategy").path("type").asText().equals("RollingUpdate");
        for (int i = 0; i < pods.size(); i++) {
            if (i > 0 || (rolls && !isOf(pods.get(i), revision))) {
                cluster.delete(pods.get(i));
            }
        }
        report(set, revision);
        return Optional.empty();
    }

    private void report(ObjectNode set, String revision) {
        List<ObjectNode> pods = living(set);
        int ready = (int) pods.stream().filter(Pods::isReady).count();
        ObjectNode status = set.path("status") instanceof ObjectNode old ? old.deepCopy() : Trees.object();
        status.put("observedGeneration", set.path("metadata").path("generation").asInt())
                .put("currentNumberScheduled", pods.size())
                .put("desiredNumberScheduled", 1)
                .put("numberMisscheduled", 0)
                .put("numberReady", ready);
        Counts.put(status, "numberAvailable", ready);
        Counts.put(status, "numberUnavailable", 1 - Math.min(1, ready));
        Counts.put(status, "updatedNumberScheduled", (int)
                pods.stream().filter(pod -> isOf(pod, revision)).count());
        cluster.setStatus(set, status, Writer.CONTROLLER);
    }

    private static boolean isOf(ObjectNode pod, String revision) {
        return pod.path("metadata").path("labels").path(REVISION).asText().equals(revision);
    }

    private List<ObjectNode> living(ObjectNode set) {
        return cluster.controlled(set, "Pod").stream()
                .filter(pod -> !Trees.isLeaving(pod))
                .toList();
    }
}
