package dev.tiphys.sandbox.workloads;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.sandbox.objects.Trees;
import dev.tiphys.sandbox.objects.Writer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What a cloud gives: volumes for claims, and addresses for load balancers and ingresses. */
final class Provisioning implements Controller {

    /** From the range that is kept for documentation: it leads nowhere, and looks like it. */
    private static final String ADDRESS = "192.0.2.1";

    private final Cluster cluster;

    Provisioning(Cluster cluster) {
        this.cluster = cluster;
    }

    @Override
    public Optional<Duration> reconcile(ObjectNode object) {
        if (Trees.isLeaving(object)) {
            return Optional.empty();
        }
        switch (object.path("kind").asText()) {
            case "PersistentVolumeClaim" -> bind(object);
            case "Ingress" -> address(object, true);
            default -> address(object, object.path("spec").path("type").asText().equals("LoadBalancer"));
        }
        return Optional.empty();
    }

    private void bind(ObjectNode claim) {
        if (claim.path("spec").path("volumeName").asText("").isEmpty()) {
            cluster.change(
                    claim,
                    live -> live.withObjectProperty("spec").put("volumeName", "pvc-" + Trees.uid(live)),
                    Writer.CONTROLLER);
            return;
        }
        JsonNode spec = claim.path("spec");
        ObjectNode status = Trees.object().put("phase", "Bound");
        status.set("accessModes", spec.path("accessModes").deepCopy());
        JsonNode requests = spec.path("resources").path("requests");
        if (requests.isObject()) {
            status.set("capacity", ((ObjectNode) requests).deepCopy().retain(List.of("storage")));
        }
        cluster.setStatus(claim, status, Writer.CONTROLLER);
    }

    private void address(ObjectNode object, boolean isWanted) {
        ObjectNode status = Trees.object();
        ObjectNode balancer = status.putObject("loadBalancer");
        if (isWanted) {
            balancer.putArray("ingress").addObject().put("ip", ADDRESS);
        }
        cluster.setStatus(object, status, Writer.CONTROLLER);
    }
}
