package dev.tiphys.sandbox.workloads;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.sandbox.objects.Trees;
import java.time.Duration;
import java.util.Optional;

/** Deletes the objects of a custom kind before its definition goes. */
final class Definitions implements Controller {

    private final Cluster cluster;

    Definitions(Cluster cluster) {
        this.cluster = cluster;
    }

    @Override
    public Optional<Duration> reconcile(ObjectNode definition) {
        if (!Trees.isLeaving(definition)) {
            return Optional.empty();
        }
        JsonNode spec = definition.path("spec");
        String storage = spec.path("group").asText() + "/"
                + spec.path("names").path("plural").asText();
        cluster.objects().store().list(storage, "").values().forEach(cluster::delete);
        if (cluster.objects().store().list(storage, "").isEmpty()) {
            cluster.objects().finish(cluster.address(definition));
        }
        return Optional.empty();
    }
}
