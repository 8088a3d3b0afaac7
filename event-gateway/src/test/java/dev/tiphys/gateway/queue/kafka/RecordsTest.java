package dev.tiphys.gateway.queue.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.ClusterResource;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class RecordsTest {
    private static String id(String cluster, long offset, long timestamp) {
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                "orders",
                0,
                offset,
                timestamp,
                TimestampType.CREATE_TIME,
                0,
                0,
                null,
                new byte[0],
                new RecordHeaders(),
                Optional.empty());
        return Records.read(cluster, record, 1, Instant.EPOCH).id();
    }

    @Test
    void ofAnotherClusterOrOfATopicThatWasMadeAnewAreOthers() {
        assertThat(id("one", 7, 1_000))
                .isEqualTo(id("one", 7, 1_000))
                .isNotEqualTo(id("one", 8, 1_000))
                .isNotEqualTo(id("two", 7, 1_000))
                .isNotEqualTo(id("one", 7, 2_000));
    }

    @Test
    void areOfTheServersUntilTheClusterSaysWhichItIs() {
        ClusterId cluster = new ClusterId("host:9092");
        cluster.onUpdate(new ClusterResource(null));
        assertThat(cluster.get()).isEqualTo("host:9092");

        cluster.onUpdate(new ClusterResource("abc"));
        assertThat(cluster.get()).isEqualTo("abc");
    }
}
