package dev.tiphys.gateway.queue;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A message that could not become an event.
 *
 * @param queue the subscription's name
 * @param message without what may be neither kept nor shown
 * @param reason why, for a person
 * @param redriven how it became an event after all; null if it did not
 */
public record Parked(
        long id,
        String queue,
        QueueMessage message,
        String reason,
        Instant parkedAt,
        @Nullable Redriven redriven) {

    /**
     * That it became an event after all.
     *
     * @param by who sent it in again
     * @param event the event's id; null if it turned out to be about nothing
     */
    public record Redriven(Instant at, String by, @Nullable String event) {}
}
