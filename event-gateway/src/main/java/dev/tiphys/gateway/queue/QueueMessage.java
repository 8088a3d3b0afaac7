package dev.tiphys.gateway.queue;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message as it came.
 *
 * @param id the queue's own id of it, the same when it is received again
 * @param body the raw bytes; not copied
 * @param attributes what its sender said beside the body
 * @param headers a Kafka record's headers, names in lower case; empty elsewhere
 * @param facts what the queue itself says about it, for example {@code sentTimestamp} or {@code partition}
 * @param group the message group, or a Kafka record's key; null if there is none
 * @param lane messages of one lane stay in order; null if the queue keeps none
 * @param receives how often it was received, this time included
 */
@SuppressWarnings("ArrayRecordComponent") // Messages are never compared.
public record QueueMessage(
        String id,
        byte[] body,
        Map<String, Attribute> attributes,
        Map<String, String> headers,
        Map<String, String> facts,
        @Nullable String group,
        @Nullable String lane,
        int receives,
        Instant sentAt,
        Instant receivedAt) {
    public QueueMessage {
        attributes = Map.copyOf(attributes);
        headers = Map.copyOf(headers);
        facts = Map.copyOf(facts);
    }

    /**
     * One thing that a sender says.
     *
     * @param type the queue's word for its type, for example {@code String}
     * @param value as text; binary values in Base64
     */
    public record Attribute(String type, String value) {}

    /** {@return the same message, received at that moment} */
    QueueMessage receivedAt(Instant moment) {
        return new QueueMessage(id, body, attributes, headers, facts, group, lane, receives, sentAt, moment);
    }

    /** {@return the same message, received so often} */
    public QueueMessage receivedTimes(int times) {
        return new QueueMessage(id, body, attributes, headers, facts, group, lane, times, sentAt, receivedAt);
    }
}
