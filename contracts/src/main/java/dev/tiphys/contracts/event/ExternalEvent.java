package dev.tiphys.contracts.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.payload.EventType;
import dev.tiphys.contracts.payload.Payload;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened outside, verified and accepted at the gateway.
 *
 * @param endpoint the name of the definition that it came in by: a Repository, a Source, a Queue or an EventSource; for a
 *     tick of a schedule the Pipeline
 * @param name which of an EventSource's events it is; null elsewhere
 * @param type what the sender calls it, for example {@code push}; {@link #MESSAGE} or {@link #TICK} where there is no sender
 *     who would call it anything
 * @param delivery the sender's delivery id, or a message's business key; the same for a redelivery
 * @param git the change, normalised; null if it is not about Git
 * @param headers the request's headers, names in lower case, without those that carry credentials or signatures; a Kafka
 *     record's headers
 * @param attributes what a queue says about a message beside its body, or a schedule about a tick; empty for a request
 * @param body the untouched body as JSON, or as text if it is no JSON; of an EventSource, Argo's payload
 */
@EventType("dev.tiphys.event.accepted.v1")
public record ExternalEvent(
        String endpoint,
        @Nullable String name,
        String type,
        String delivery,
        @Nullable GitChange git,
        Map<String, String> headers,
        Map<String, String> attributes,
        JsonNode body)
        implements Payload {
    private static final byte[] BODY = ",\"body\":".getBytes(UTF_8);

    /** The type of a message that does not say one. */
    public static final String MESSAGE = "message";

    /** The type of a tick; its attributes are {@code pipeline}, {@code cron} and {@code timeZone}. */
    public static final String TICK = "tick";

    public ExternalEvent {
        headers = Map.copyOf(headers);
        // Events of an earlier version have none.
        attributes = attributes == null ? Map.of() : Map.copyOf(attributes);
    }

    /** A request's event, not of an EventSource. */
    public ExternalEvent(
            String endpoint,
            String type,
            String delivery,
            @Nullable GitChange git,
            Map<String, String> headers,
            JsonNode body) {
        this(endpoint, null, type, delivery, git, headers, Map.of(), body);
    }

    /**
     * {@return the event as UTF-8 JSON, with a body's own bytes in the place of its tree: nothing is written twice, and the
     * body is untouched to the byte}
     *
     * @param json the body as UTF-8 JSON, which was read as {@link #body}
     */
    public byte[] withBody(byte[] json) {
        byte[] head = Json.bytes(new Head(endpoint, name, type, delivery, git, headers, attributes));
        byte[] whole = Arrays.copyOf(head, head.length - 1 + BODY.length + json.length + 1);
        System.arraycopy(BODY, 0, whole, head.length - 1, BODY.length);
        System.arraycopy(json, 0, whole, head.length - 1 + BODY.length, json.length);
        whole[whole.length - 1] = '}';
        return whole;
    }

    /** All but the body. */
    private record Head(
            String endpoint,
            @Nullable String name,
            String type,
            String delivery,
            @Nullable GitChange git,
            Map<String, String> headers,
            Map<String, String> attributes) {}
}
