package dev.tiphys.contracts.event;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.payload.EventType;
import dev.tiphys.contracts.payload.Payload;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened outside, verified and accepted at the gateway.
 *
 * @param endpoint the name of the definition that it came in by: a Repository or a Source
 * @param type what the sender calls it, for example {@code push}
 * @param delivery the sender's delivery id; the same for a redelivery
 * @param git the change, normalised; null if it is not about Git
 * @param headers the request's headers, names in lower case, without those that carry credentials or signatures
 * @param body the untouched body as JSON
 */
@EventType("dev.tiphys.event.accepted.v1")
public record ExternalEvent(
        String endpoint,
        String type,
        String delivery,
        @Nullable GitChange git,
        Map<String, String> headers,
        JsonNode body)
        implements Payload {

    public ExternalEvent {
        headers = Map.copyOf(headers);
    }
}
