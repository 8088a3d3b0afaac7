package dev.tiphys.gateway.ledger;

import dev.tiphys.gateway.ledger.LedgerEntry.Payload;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The deliveries in the ledger, to be read. Blocking; every call may throw {@link LedgerUnavailable}. Thread-safe. */
public interface Deliveries {

    /** {@return the newest deliveries that a filter lets through, at most so many} */
    List<Known> list(Filter filter, int limit);

    /** {@return a delivery} */
    Optional<Known> find(UUID id);

    /** {@return the delivery that became the event} A duplicate's events are of another delivery. */
    Optional<Known> ofEvent(String event);

    /** {@return what a delivery held that became no event, if it was kept} */
    Optional<Payload> kept(UUID id);

    /**
     * Which deliveries are asked for; what is null is not asked.
     *
     * @param from inclusive
     * @param to exclusive
     * @param after only those that came before this one
     */
    record Filter(
            @Nullable String endpoint,
            @Nullable String verdict,
            @Nullable Instant from,
            @Nullable Instant to,
            @Nullable UUID after) {
        /** Everything. */
        public static final Filter ALL = new Filter(null, null, null, null, null);
    }

    /**
     * A delivery in the ledger.
     *
     * @param entry without its payload
     * @param recovered whether it did not arrive at first, and was asked for again
     * @param notKept why what it held is not kept; null if it may be
     */
    record Known(
            UUID id,
            LedgerEntry entry,
            boolean recovered,
            @Nullable String notKept) {}
}
