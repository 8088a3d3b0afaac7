package dev.tiphys.gateway.queue.kafka;

import org.apache.kafka.common.ClusterResource;
import org.apache.kafka.common.ClusterResourceListener;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Takes bytes as they are, and is told by the consumer, before it reads, which cluster they are from. Thread-safe. */
final class ClusterId extends ByteArrayDeserializer implements ClusterResourceListener {
    private volatile String known;

    /** @param otherwise what stands for a cluster that has no id */
    ClusterId(String otherwise) {
        this.known = otherwise;
    }

    @Override
    public void onUpdate(ClusterResource cluster) {
        if (cluster.clusterId() != null) {
            known = cluster.clusterId();
        }
    }

    String get() {
        return known;
    }
}
