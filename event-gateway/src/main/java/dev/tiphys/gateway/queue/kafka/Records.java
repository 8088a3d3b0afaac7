package dev.tiphys.gateway.queue.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiphys.gateway.queue.QueueMessage;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Reads Kafka's records. */
final class Records {
    private static final byte[] NOTHING = {};

    private Records() {}

    /**
     * {@return a record as a message}
     *
     * @param cluster where its topic is: a place and a moment there name one record, also if the topic is made anew
     */
    static QueueMessage read(String cluster, ConsumerRecord<byte[], byte[]> record, int receives, Instant now) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (Header header : record.headers()) {
            headers.put(
                    header.key().toLowerCase(Locale.ROOT),
                    header.value() == null ? "" : new String(header.value(), UTF_8));
        }
        Instant sentAt = record.timestamp() < 0 ? now : Instant.ofEpochMilli(record.timestamp());
        String key = record.key() == null ? null : new String(record.key(), UTF_8);
        String partition = Integer.toString(record.partition());
        Map<String, String> facts = new HashMap<>();
        facts.put("topic", record.topic());
        facts.put("partition", partition);
        facts.put("offset", Long.toString(record.offset()));
        facts.put("sentTimestamp", sentAt.toString());
        if (key != null) {
            facts.put("key", key);
        }
        return new QueueMessage(
                String.join(
                        "/",
                        cluster,
                        record.topic(),
                        partition,
                        Long.toString(record.offset()),
                        Long.toString(record.timestamp())),
                record.value() == null ? NOTHING : record.value(),
                Map.of(),
                headers,
                facts,
                key,
                partition,
                receives,
                sentAt,
                now);
    }
}
