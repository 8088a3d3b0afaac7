package dev.tiphys.gateway.queue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.gateway.delivery.DeliveryRules;
import dev.tiphys.gateway.delivery.PublicHeaders;
import dev.tiphys.gateway.delivery.Sha256;
import dev.tiphys.gateway.filter.ArgoFilter;
import dev.tiphys.gateway.intake.Arrival;
import dev.tiphys.gateway.queue.Judgement.Accepted;
import dev.tiphys.gateway.queue.Judgement.Irrelevant;
import dev.tiphys.gateway.queue.Judgement.Poison;
import dev.tiphys.platform.expression.Expressions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Judges messages. Pure and total. */
public final class MessageRules {
    private static final String SOURCE = "/tiphys/gateway/";
    private static final String TYPE = "type";

    private MessageRules() {}

    /** What a business key came to. */
    private sealed interface Key {
        record Known(String text) implements Key {}

        record Unknown(String reason) implements Key {}
    }

    /**
     * Judges a message.
     *
     * @param definitionsOffset the version of the definitions that the subscription is from
     */
    public static Judgement judge(
            Subscription queue, QueueMessage message, Expressions expressions, long definitionsOffset) {
        Envelope envelope = queue.argo() == null
                ? Envelope.open(message.body())
                : new Envelope(JsonNodeFactory.instance.nullNode(), null, null, Map.of());
        if (envelope.isTestEvent()) {
            return new Irrelevant("it is the test event that S3 sends when a queue is connected");
        }
        Subscription.Argo argo = queue.argo();
        if (argo != null) {
            return argo(queue, argo, message, expressions, definitionsOffset);
        }
        String own = ownId(message, envelope);
        return switch (key(queue.deduplicateBy(), message, envelope, own, expressions)) {
            case Key.Unknown(var reason) -> new Poison(reason);
            case Key.Known(var key) ->
                accepted(
                        queue,
                        message,
                        attributes(message, envelope),
                        type(message, envelope),
                        key,
                        envelope.body(),
                        definitionsOffset);
        };
    }

    private static Judgement argo(
            Subscription queue,
            Subscription.Argo argo,
            QueueMessage message,
            Expressions expressions,
            long definitionsOffset) {
        JsonNode payload;
        switch (ArgoPayload.of(queue.transport(), argo, message)) {
            case ArgoPayload.Made(var made) -> payload = made;
            case ArgoPayload.NotJson(var reason) -> {
                return new Poison(reason);
            }
        }
        if (ArgoFilter.of(argo.filter(), expressions).test(payload) instanceof ArgoFilter.Outcome.Dropped(var reason)) {
            return new Irrelevant(reason);
        }
        return accepted(
                queue,
                message,
                visible(message.facts()),
                ExternalEvent.MESSAGE,
                message.id(),
                payload,
                definitionsOffset);
    }

    private static Accepted accepted(
            Subscription queue,
            QueueMessage message,
            Map<String, String> attributes,
            String type,
            String key,
            JsonNode body,
            long definitionsOffset) {
        String delivery = DeliveryRules.isDeliveryId(key) ? key : "sha256-" + Sha256.hex(key);
        CloudEvent<ExternalEvent> event = new CloudEvent<>(
                DeliveryRules.eventId(queue.name(), delivery, 0),
                SOURCE + queue.name(),
                type,
                message.receivedAt(),
                new Causality(null, null, traceparent(message), definitionsOffset),
                new ExternalEvent(
                        queue.endpoint(),
                        queue.event(),
                        type,
                        delivery,
                        null,
                        visible(message.headers()),
                        attributes,
                        body));
        String lane = message.lane();
        return new Accepted(Arrival.of(lane == null ? queue.name() : queue.name() + "/" + lane, event));
    }

    /** An id of one's own is only as good as the word of who gave it: CloudEvents are told apart by source and id. */
    private static String ownId(QueueMessage message, Envelope envelope) {
        String enveloped = envelope.id();
        if (enveloped != null) {
            return enveloped;
        }
        String id = message.headers().get("ce_id");
        String source = message.headers().get("ce_source");
        if (id == null || id.isBlank()) {
            return message.id();
        }
        return source == null ? id : source + "#" + id;
    }

    private static Key key(
            @Nullable String deduplicateBy,
            QueueMessage message,
            Envelope envelope,
            String own,
            Expressions expressions) {
        if (deduplicateBy == null) {
            return new Key.Known(own);
        }
        String template = deduplicateBy.contains("${{") ? deduplicateBy : "${{ " + deduplicateBy + " }}";
        return switch (expressions.resolve(TextNode.valueOf(template), scope(message, envelope, own))) {
            case Expressions.Resolved(var value)
            when value.isValueNode() && !value.isNull() && !value.asText().isBlank() -> new Key.Known(value.asText());
            case Expressions.Resolved(var value) ->
                new Key.Unknown("deduplicateBy " + deduplicateBy + " is no text or number of this message but "
                        + (value.isValueNode()
                                ? "empty"
                                : value.getNodeType().name().toLowerCase(Locale.ROOT)));
            case Expressions.Unresolved(var expression, var reason, var known) ->
                new Key.Unknown("deduplicateBy cannot be resolved: " + unresolved(expression, reason, known));
        };
    }

    private static String unresolved(String expression, String reason, List<String> known) {
        return expression + ": " + reason + (known.isEmpty() ? "" : " (known: " + String.join(", ", known) + ")");
    }

    private static JsonNode scope(QueueMessage message, Envelope envelope, String own) {
        ObjectNode scope = JsonNodeFactory.instance.objectNode();
        ObjectNode inside = scope.putObject("message");
        inside.set("body", envelope.body());
        ObjectNode attributes = inside.putObject("attributes");
        envelope.attributes().forEach(attributes::put);
        message.attributes().forEach((name, attribute) -> attributes.put(name, attribute.value()));
        ObjectNode headers = inside.putObject("headers");
        message.headers().forEach(headers::put);
        inside.put("id", own);
        inside.put("group", message.group());
        return scope;
    }

    private static String type(QueueMessage message, Envelope envelope) {
        String told = envelope.type();
        if (told != null) {
            return told;
        }
        return said(message, TYPE)
                .or(() -> Optional.ofNullable(envelope.attributes().get(TYPE)))
                .or(() -> Optional.ofNullable(message.headers().get("ce_type")))
                .or(() -> Optional.ofNullable(message.headers().get(TYPE)))
                .filter(text -> !text.isBlank() && text.length() <= 200)
                .orElse(ExternalEvent.MESSAGE);
    }

    /** {@return the trace that the message's sender says it belongs to; null if none} */
    static @Nullable String traceparent(QueueMessage message) {
        return DeliveryRules.traceparent(
                said(message, "traceparent").orElse(message.headers().get("traceparent")));
    }

    private static Optional<String> said(QueueMessage message, String name) {
        return Optional.ofNullable(message.attributes().get(name)).map(QueueMessage.Attribute::value);
    }

    private static Map<String, String> attributes(QueueMessage message, Envelope envelope) {
        Map<String, String> all = new LinkedHashMap<>();
        message.attributes().forEach((name, attribute) -> all.put(name, attribute.value()));
        all.putAll(envelope.attributes());
        all.putAll(message.facts());
        return visible(all);
    }

    /** {@return what may be kept and shown} */
    static <T> Map<String, T> visible(Map<String, T> all) {
        Map<String, T> kept = new LinkedHashMap<>();
        all.forEach((name, value) -> {
            if (!PublicHeaders.isConfidential(name.toLowerCase(Locale.ROOT))) {
                kept.put(name, value);
            }
        });
        return kept;
    }

    /** {@return the message without what may be neither kept nor shown} */
    static QueueMessage presentable(QueueMessage message) {
        return new QueueMessage(
                message.id(),
                message.body(),
                visible(message.attributes()),
                visible(message.headers()),
                message.facts(),
                message.group(),
                message.lane(),
                message.receives(),
                message.sentAt(),
                message.receivedAt());
    }
}
