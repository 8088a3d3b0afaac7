package dev.tiphys.contracts.cloudevent;

import org.jspecify.annotations.Nullable;

/**
 * What led to an event.
 *
 * @param correlationId the event that began it all; null only for that event itself
 * @param causationId the record that directly caused this one; null if a person or the clock did
 * @param traceparent the W3C trace context; null if none was given
 * @param definitionsOffset the position of {@code tiphys.definitions} that the writer had applied: a reader that decides by
 *     definitions first catches up to it; null if the definitions do not matter
 */
public record Causality(
        @Nullable String correlationId,
        @Nullable String causationId,
        @Nullable String traceparent,
        @Nullable Long definitionsOffset) {

    /** Nothing is known of the cause. */
    public static final Causality NONE = new Causality(null, null, null, null);

    /** {@return the causality of something that {@code cause} led to, within the same story} */
    public static Causality of(CloudEvent<?> cause) {
        String correlationId = cause.causality().correlationId();
        return new Causality(
                correlationId == null ? cause.id() : correlationId,
                cause.id(),
                cause.causality().traceparent(),
                cause.causality().definitionsOffset());
    }
}
