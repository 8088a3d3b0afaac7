package dev.tiphys.contracts.cloudevent;

import dev.tiphys.contracts.payload.Payload;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A CloudEvents 1.0 event. ({@code source}, {@code id}) is unique and is what readers deduplicate by.
 *
 * @param id unique within the source; derived from business keys, so that a repeated cause gives the same id
 * @param source who says so, for example {@code /tiphys/engine}
 * @param subject what it is about, for example a run id; null if nothing more specific than the source
 * @param time when it happened
 * @param causality what led to it
 * @param data what happened
 */
public record CloudEvent<T extends Payload>(
        String id, String source, @Nullable String subject, Instant time, Causality causality, T data) {

    public CloudEvent {
        Objects.requireNonNull(data);
        if (id.isEmpty() || source.isEmpty()) {
            throw new IllegalArgumentException("an event needs an id and a source");
        }
    }

    /** {@return the same event, in the trace that {@code traceparent} says} */
    public CloudEvent<T> below(String traceparent) {
        return new CloudEvent<>(
                id,
                source,
                subject,
                time,
                new Causality(
                        causality.correlationId(), causality.causationId(), traceparent, causality.definitionsOffset()),
                data);
    }

    /** {@return the CloudEvents type, from the payload} */
    public String type() {
        return EventTypes.typeOf(data.getClass());
    }
}
