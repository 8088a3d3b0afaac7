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

    /**
     * A parked message without what it holds.
     *
     * @param message its id
     * @param bytes how large its body is
     */
    public record Listed(
            long id,
            String queue,
            String message,
            @Nullable String group,
            String reason,
            int receives,
            long bytes,
            Instant sentAt,
            Instant parkedAt) {}

    /** {@return the same without what it holds} */
    public Listed listed() {
        return new Listed(
                id,
                queue,
                message.id(),
                message.group(),
                reason,
                message.receives(),
                message.body().length,
                message.sentAt(),
                parkedAt);
    }
}
