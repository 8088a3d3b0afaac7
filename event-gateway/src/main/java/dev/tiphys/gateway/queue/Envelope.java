package dev.tiphys.gateway.queue;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tiphys.contracts.Json;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is inside of a message. SNS' envelope is taken off; EventBridge's and S3's are what the event is about, and stay. Pure.
 *
 * @param body as JSON if it is JSON, else as text, and if it is not even text, in Base64
 * @param id the envelope's own id of what is inside, the innermost one; null without an envelope
 * @param type what the envelope calls it; null if it does not
 * @param attributes what the envelope says beside the body
 */
record Envelope(
        JsonNode body, @Nullable String id, @Nullable String type, Map<String, String> attributes) {
    private static final String TEST_EVENT = "s3:TestEvent";

    Envelope {
        attributes = Map.copyOf(attributes);
    }

    static Envelope open(byte[] bytes) {
        Optional<JsonNode> json = Json.exactTree(bytes);
        if (json.isPresent()) {
            return isNotification(json.get()) ? notification(json.get()) : known(json.get(), Map.of());
        }
        String text = new String(bytes, UTF_8);
        if (Arrays.equals(text.getBytes(UTF_8), bytes)) {
            return new Envelope(TextNode.valueOf(text), null, null, Map.of());
        }
        String base64 = Base64.getEncoder().encodeToString(bytes);
        return new Envelope(TextNode.valueOf(base64), null, null, Map.of("contentEncoding", "base64"));
    }

    /** {@return whether it is what S3 sends once, when a queue is connected} */
    boolean isTestEvent() {
        return TEST_EVENT.equals(body.path("Event").asText()) && body.has("Bucket");
    }

    /** Anybody may send JSON with a field of such a name: all four must be as SNS makes them. */
    private static boolean isNotification(JsonNode json) {
        return json.path("Type").asText().equals("Notification")
                && json.path("TopicArn").isTextual()
                && json.path("MessageId").isTextual()
                && json.path("Message").isTextual();
    }

    private static Envelope notification(JsonNode sns) {
        Map<String, String> attributes = new LinkedHashMap<>();
        sns.path("MessageAttributes")
                .properties()
                .forEach(attribute -> attributes.put(
                        attribute.getKey(), attribute.getValue().path("Value").asText()));
        attributes.put("topicArn", sns.path("TopicArn").asText());
        if (sns.path("Subject").isTextual()) {
            attributes.put("subject", sns.path("Subject").asText());
        }
        String message = sns.path("Message").asText();
        JsonNode inside = Json.exactTree(message.getBytes(UTF_8)).orElse(TextNode.valueOf(message));
        Envelope inner = known(inside, attributes);
        String id = inner.id();
        return new Envelope(inside, id == null ? sns.path("MessageId").asText() : id, inner.type(), attributes);
    }

    private static Envelope known(JsonNode json, Map<String, String> attributes) {
        if (json.path("detail-type").isTextual()
                && json.path("source").isTextual()
                && json.path("id").isTextual()
                && json.has("detail")) {
            return new Envelope(
                    json, json.path("id").asText(), json.path("detail-type").asText(), attributes);
        }
        JsonNode record = json.path("Records").path(0);
        if (record.path("eventName").isTextual()
                && record.path("eventSource").asText().equals("aws:s3")) {
            return new Envelope(json, null, record.path("eventName").asText(), attributes);
        }
        return new Envelope(json, null, null, attributes);
    }
}
