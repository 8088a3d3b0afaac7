package dev.tiphys.contracts.cloudevent;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.Topic;
import dev.tiphys.contracts.payload.Payload;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * CloudEvents on Kafka: binary mode ({@code ce_} headers), and structured mode on compacted topics, where a null value is a
 * deletion and nothing else. Both modes are read from any topic.
 */
public final class CloudEventCodec {
    private static final String SPEC_VERSION = "1.0";
    private static final String STRUCTURED = "application/cloudevents+json; charset=UTF-8";
    private static final String CONTENT_TYPE = "content-type";

    private CloudEventCodec() {}

    /** {@return the record that carries the event to a topic under a key} */
    public static ProducerRecord<String, byte[]> write(Topic topic, String key, CloudEvent<?> event) {
        if (topic.compacted()) {
            Header contentType = new RecordHeader(CONTENT_TYPE, STRUCTURED.getBytes(UTF_8));
            return new ProducerRecord<>(
                    topic.topicName(), null, null, key, Json.bytes(structured(event)), List.of(contentType));
        }
        return write(topic, key, event, Json.bytes(event.data()));
    }

    /**
     * {@return the record that carries the event to a topic that is not compacted}
     *
     * @param data the event's data as UTF-8 JSON, which the caller has already
     */
    public static ProducerRecord<String, byte[]> write(Topic topic, String key, CloudEvent<?> event, byte[] data) {
        if (topic.compacted()) {
            throw new IllegalArgumentException(topic.topicName() + " is compacted: it carries structured events");
        }
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(topic.topicName(), key, data);
        Headers headers = record.headers();
        header(headers, "ce_specversion", SPEC_VERSION);
        header(headers, "ce_id", event.id());
        header(headers, "ce_source", event.source());
        header(headers, "ce_type", event.type());
        header(headers, "ce_subject", event.subject());
        header(headers, "ce_time", event.time().toString());
        header(headers, "ce_correlationid", event.causality().correlationId());
        header(headers, "ce_causationid", event.causality().causationId());
        header(headers, "ce_traceparent", event.causality().traceparent());
        Long offset = event.causality().definitionsOffset();
        header(headers, "ce_definitionsoffset", offset == null ? null : Long.toString(offset));
        header(headers, CONTENT_TYPE, "application/json");
        return record;
    }

    /** {@return the record that deletes a key from a compacted topic} */
    public static ProducerRecord<String, byte[]> delete(Topic topic, String key) {
        if (!topic.compacted()) {
            throw new IllegalArgumentException(topic.topicName() + " is not compacted: nothing is deleted from it");
        }
        return new ProducerRecord<>(topic.topicName(), key, null);
    }

    /** Reads one record. Never throws for what a record contains: {@link Decoded.Unreadable} says what is wrong. */
    public static Decoded read(Headers headers, byte @Nullable [] value) {
        if (value == null) {
            return new Decoded.Deleted();
        }
        try {
            String contentType = text(headers, CONTENT_TYPE);
            if (contentType != null && contentType.toLowerCase(Locale.ROOT).startsWith("application/cloudevents")) {
                JsonNode envelope = Json.mapper().readTree(value);
                return decode(name -> textOf(envelope.get(name)), envelope.path("data"));
            }
            return decode(name -> text(headers, "ce_" + name), Json.mapper().readTree(value));
        } catch (IOException e) {
            return new Decoded.Unreadable("the value is not JSON: " + firstLine(e));
        } catch (IllegalArgumentException | DateTimeException e) {
            return new Decoded.Unreadable(firstLine(e));
        }
    }

    private static Decoded decode(UnaryOperator<@Nullable String> attribute, JsonNode data) throws IOException {
        String version = required(attribute, "specversion");
        if (!SPEC_VERSION.equals(version)) {
            return new Decoded.Unreadable("CloudEvents " + version + " is not read here, only " + SPEC_VERSION);
        }
        String type = required(attribute, "type");
        String id = required(attribute, "id");
        Optional<Class<? extends Payload>> payload = EventTypes.classOf(type);
        if (payload.isEmpty()) {
            return new Decoded.Unknown(type, id);
        }
        String offset = attribute.apply("definitionsoffset");
        Causality causality = new Causality(
                attribute.apply("correlationid"),
                attribute.apply("causationid"),
                attribute.apply("traceparent"),
                offset == null ? null : Long.valueOf(offset));
        Payload value = Json.mapper().treeToValue(data, payload.get());
        if (value == null) {
            return new Decoded.Unreadable("event " + id + " of type " + type + " has no data");
        }
        return new Decoded.Known(new CloudEvent<>(
                id,
                required(attribute, "source"),
                attribute.apply("subject"),
                Instant.parse(required(attribute, "time")),
                causality,
                value));
    }

    private static ObjectNode structured(CloudEvent<?> event) {
        ObjectNode node = Json.mapper().createObjectNode();
        node.put("specversion", SPEC_VERSION);
        node.put("id", event.id());
        node.put("source", event.source());
        node.put("type", event.type());
        optional(node, "subject", event.subject());
        node.put("time", event.time().toString());
        optional(node, "correlationid", event.causality().correlationId());
        optional(node, "causationid", event.causality().causationId());
        optional(node, "traceparent", event.causality().traceparent());
        Long offset = event.causality().definitionsOffset();
        optional(node, "definitionsoffset", offset == null ? null : Long.toString(offset));
        node.put("datacontenttype", "application/json");
        node.set("data", Json.tree(event.data()));
        return node;
    }

    private static void optional(ObjectNode node, String name, @Nullable String value) {
        if (value != null) {
            node.put(name, value);
        }
    }

    private static void header(Headers headers, String name, @Nullable String value) {
        if (value != null) {
            headers.add(name, value.getBytes(UTF_8));
        }
    }

    private static @Nullable String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), UTF_8);
    }

    private static @Nullable String textOf(@Nullable JsonNode node) {
        return node == null || node.isNull() ? null : node.asText();
    }

    private static String required(UnaryOperator<@Nullable String> attribute, String name) {
        String value = attribute.apply(name);
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException("the CloudEvents attribute " + name + " is missing");
        }
        return value;
    }

    private static String firstLine(Exception e) {
        String message = e.getMessage();
        return message == null
                ? e.getClass().getSimpleName()
                : message.lines().findFirst().orElse("");
    }
}
