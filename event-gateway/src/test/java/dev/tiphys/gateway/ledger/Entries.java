package dev.tiphys.gateway.ledger;

import dev.tiphys.gateway.delivery.DeliveryRules;
import dev.tiphys.gateway.ledger.LedgerEntry.Payload;
import dev.tiphys.gateway.ledger.LedgerEntry.Place;
import dev.tiphys.gateway.ledger.LedgerEntry.Took;
import dev.tiphys.gateway.ledger.LedgerEntry.Way;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Entries for tests. */
public final class Entries {
    public static final Instant NOW = Instant.parse("2026-03-01T10:00:00.123456Z");

    private Entries() {}

    public static LedgerEntry accepted(String endpoint, String delivery, Instant at) {
        return new LedgerEntry(
                at,
                endpoint,
                Way.HOOK,
                "accepted",
                null,
                delivery,
                "push",
                List.of(DeliveryRules.eventId(endpoint, delivery, 0)),
                new Place(3, 42),
                0,
                1234,
                new Took(Duration.ofMillis(1), Duration.ofNanos(250_000), Duration.ofMillis(3)),
                null,
                null);
    }

    public static LedgerEntry irrelevant(String endpoint, String delivery, Instant at, byte @Nullable [] body) {
        return new LedgerEntry(
                at,
                endpoint,
                Way.HOOK,
                "irrelevant",
                "only a ping",
                delivery,
                "ping",
                List.of(),
                null,
                1,
                body == null ? 0 : body.length,
                Took.NOTHING,
                null,
                body == null ? null : new Payload(Map.of("x-github-event", "ping"), body));
    }

    public static LedgerEntry stranger(String endpoint, Instant at) {
        return stranger(endpoint, "unverified", at);
    }

    public static LedgerEntry stranger(String endpoint, String verdict, Instant at) {
        return LedgerEntry.bare(at, endpoint, Way.HOOK, VerdictWord.of(verdict).orElseThrow(), "no proof", null, 10);
    }
}
