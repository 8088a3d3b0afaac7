package dev.tiphys.gateway.ledger;

import dev.tiphys.gateway.ledger.Deliveries.Known;
import dev.tiphys.gateway.ledger.LedgerEntry.Payload;
import dev.tiphys.gateway.ledger.LedgerEntry.Place;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a delivery held: on the log if it became an event, beside the ledger if it was genuine and did not, and nowhere
 * if nobody proved to have sent it. Blocking.
 */
public final class Payloads {
    private final Deliveries deliveries;
    private final EventsOnLog log;

    /** Reads single events from the topic of events. */
    @FunctionalInterface
    public interface EventsOnLog {
        /**
         * {@return what the event at a place was made of; empty if it is there no more}
         *
         * @param event the id that it must have
         * @throws Unreadable if the broker did not answer in time
         */
        Optional<OfEvent> read(Place place, String event);
    }

    /** The broker did not answer in time: try again later. */
    public static final class Unreadable extends RuntimeException {
        public Unreadable(String what, @Nullable Throwable cause) {
            super(what, cause);
        }
    }

    /**
     * What an event was made of.
     *
     * @param whole whether the delivery's body can be told from it
     */
    public record OfEvent(Payload payload, boolean whole) {}

    /** What came of looking. */
    public sealed interface Found {
        /**
         * Here it is.
         *
         * @param whole whether the body is the delivery's own; else it is what its first event carries
         * @param kept whether it was kept beside the ledger; else it is what is on the log
         */
        record Here(Payload payload, boolean whole, boolean kept) implements Found {}

        /** It was kept and is not there any more. */
        record Gone(String reason) implements Found {}

        /** It never was kept. */
        record NeverKept(String reason) implements Found {}
    }

    public Payloads(Deliveries deliveries, EventsOnLog log) {
        this.deliveries = deliveries;
        this.log = log;
    }

    /** {@return what a delivery held} */
    public Found of(Known known) {
        LedgerEntry entry = known.entry();
        if (!entry.isGenuine()) {
            return new Found.NeverKept("what nobody proves to have sent is never kept");
        }
        if (entry.events().isEmpty()) {
            return kept(known).<Found>map(here -> here).orElseGet(() -> neverKept(known));
        }
        String event = entry.events().getFirst();
        Optional<Known> first = entry.position() != null ? Optional.of(known) : deliveries.ofEvent(event);
        if (first.isEmpty()) {
            return new Found.Gone("no delivery in the ledger says where event " + event + " is on the log");
        }
        return kept(first.get()).<Found>map(here -> here).orElseGet(() -> onLog(first.get(), event));
    }

    private Optional<Found.Here> kept(Known known) {
        return deliveries.kept(known.id()).map(payload -> new Found.Here(payload, /* whole= */ true, /* kept= */ true));
    }

    private static Found neverKept(Known known) {
        String reason = known.notKept();
        return new Found.NeverKept(reason == null ? "it was not kept" : reason);
    }

    private Found onLog(Known first, String event) {
        Place place = first.entry().position();
        return Optional.ofNullable(place)
                .flatMap(at -> log.read(at, event))
                .<Found>map(found -> new Found.Here(found.payload(), found.whole(), /* kept= */ false))
                .orElseGet(() -> new Found.Gone("event " + event + " is not on the log any more"));
    }
}
