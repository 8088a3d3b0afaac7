package dev.tiphys.gateway.queue;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Keeps parked messages. Every method may fail with {@link Unavailable}. Thread-safe. */
public interface ParkingLot {

    /** {@return the message as it is parked} One that is parked already stays as it is, redriven or not. */
    Parked park(String queue, QueueMessage message, String reason, Instant at);

    /**
     * {@return those that are still parked, the newest first}
     *
     * @param queue only of this queue; null for all
     * @param below only those with a smaller id; null for all
     */
    List<Parked.Listed> list(@Nullable String queue, @Nullable Long below, int limit);

    /** {@return how many are still parked, by queue} */
    Map<String, Long> counts();

    /** {@return one, redriven or not; empty if there is none} */
    Optional<Parked> find(long id);

    /** {@return whether it was parked until now and is redriven from now on} */
    boolean redriven(long id, Parked.Redriven how);

    /** Remembers why it could not be redriven. */
    void stays(long id, String reason);

    /** {@return whether it was parked, and is thrown away} */
    boolean discard(long id);

    /** The messages cannot be reached now: try again later. */
    final class Unavailable extends RuntimeException {
        public Unavailable(String what, Throwable cause) {
            super(what, cause);
        }
    }
}
