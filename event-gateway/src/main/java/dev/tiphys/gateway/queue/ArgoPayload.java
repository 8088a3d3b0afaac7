package dev.tiphys.gateway.queue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.definition.Queue;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/** Argo Events' payloads of messages, as its own event sources make them. Pure. */
sealed interface ArgoPayload {

    /** It is made. */
    record Made(JsonNode payload) implements ArgoPayload {}

    /** The definition says that the body is JSON, and it is not. */
    record NotJson(String reason) implements ArgoPayload {}

    /** As Go writes a time. */
    DateTimeFormatter GO_TIME = new DateTimeFormatterBuilder()
            .appendPattern("yyyy-MM-dd HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .appendLiteral(" +0000 UTC")
            .toFormatter(Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    static ArgoPayload of(Queue.Transport transport, Subscription.Argo argo, QueueMessage message) {
        Optional<JsonNode> body = argo.jsonBody()
                ? Json.exactTree(message.body())
                : Optional.of(TextNode.valueOf(Base64.getEncoder().encodeToString(message.body())));
        if (body.isEmpty()) {
            return new NotJson("the body is not JSON, and the event source says that it is (jsonBody)");
        }
        ObjectNode payload = JsonNodeFactory.instance.objectNode();
        switch (transport) {
            case Queue.Transport.Sqs _ -> sqs(payload, body.get(), message);
            case Queue.Transport.Kafka topic -> kafka(payload, topic.topic(), body.get(), message);
        }
        if (!argo.metadata().isEmpty()) {
            ObjectNode metadata = payload.putObject("metadata");
            argo.metadata().forEach(metadata::put);
        }
        return new Made(payload);
    }

    private static void sqs(ObjectNode payload, JsonNode body, QueueMessage message) {
        payload.put("messageId", message.id());
        ObjectNode attributes = payload.putObject("messageAttributes");
        MessageRules.visible(message.attributes()).forEach((name, attribute) -> {
            boolean isBinary = attribute.type().startsWith("Binary");
            attributes
                    .putObject(name)
                    .put("DataType", attribute.type())
                    .put(isBinary ? "BinaryValue" : "StringValue", attribute.value());
        });
        payload.set("body", body);
    }

    private static void kafka(ObjectNode payload, String topic, JsonNode body, QueueMessage message) {
        payload.put("topic", topic);
        payload.put("key", message.group() == null ? "" : message.group());
        payload.put("partition", Integer.parseInt(message.facts().getOrDefault("partition", "0")));
        payload.set("body", body);
        payload.put("timestamp", goTime(message.sentAt()));
        ObjectNode headers = payload.putObject("headers");
        MessageRules.visible(message.headers()).forEach(headers::put);
    }

    private static String goTime(Instant at) {
        return GO_TIME.format(at);
    }
}
