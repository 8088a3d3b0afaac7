package dev.tiphys.contracts.audit;

import dev.tiphys.contracts.payload.EventType;
import dev.tiphys.contracts.payload.Payload;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record that could not be handled. Replaying it is writing {@code key}, {@code headers} and {@code value} to
 * {@code topic} again. The key on the topic is that of the original.
 *
 * @param service who could not handle it
 * @param reason why, for a person
 * @param attempts how often it was tried
 * @param headers the original's headers as text
 * @param valueBase64 the original's value; null if it had none
 */
@EventType("dev.tiphys.record.dead-lettered.v1")
public record DeadLettered(
        String topic,
        int partition,
        long offset,
        @Nullable String key,
        String service,
        String reason,
        int attempts,
        Map<String, String> headers,
        @Nullable String valueBase64)
        implements Payload {

    public DeadLettered {
        headers = Map.copyOf(headers);
    }
}
