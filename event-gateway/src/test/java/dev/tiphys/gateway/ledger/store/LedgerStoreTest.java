package dev.tiphys.gateway.ledger.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.gateway.GatewayStore;
import dev.tiphys.gateway.ledger.Deliveries.Filter;
import dev.tiphys.gateway.ledger.Deliveries.Known;
import dev.tiphys.gateway.ledger.Entries;
import dev.tiphys.gateway.ledger.LedgerBuffer;
import dev.tiphys.gateway.ledger.LedgerEntry;
import dev.tiphys.gateway.ledger.LedgerUnavailable;
import dev.tiphys.gateway.ledger.SecretUse;
import dev.tiphys.gateway.ledger.SecretUse.Generation;
import dev.tiphys.gateway.ledger.VerdictWord;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The ledger over a real PostgreSQL. */
@Tag("real")
class LedgerStoreTest {
    private static final int DAY = 100_000;

    private final Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
    private final LedgerBuffer buffer = buffer(1000);
    private GatewayStore store;
    private LedgerWriter writer;
    private PostgresDeliveries deliveries;

    @BeforeEach
    void open() throws Exception {
        store = GatewayStore.fresh();
        writer = writer(buffer);
        deliveries = new PostgresDeliveries(store.source());
    }

    @AfterEach
    void close() throws Exception {
        writer.close();
        store.close();
    }

    private static LedgerBuffer buffer(int entries) {
        return new LedgerBuffer(new LedgerBuffer.Bounds(entries, 10_000_000, 50_000, 3), new Random());
    }

    private LedgerWriter writer(LedgerBuffer of) {
        return new LedgerWriter(of, store.source(), new LedgerInsert(DAY), Clock.systemUTC());
    }

    @Test
    void keepsADeliveryWithEverythingThatIsKnownOfIt() {
        LedgerEntry entry = Entries.accepted("shop", "d-1", now);
        buffer.record(entry);

        Known known = awaitAll(1).getFirst();
        assertThat(known.entry()).isEqualTo(entry);
        assertThat(known.recovered()).isFalse();
        assertThat(deliveries.find(known.id())).contains(known);
        assertThat(deliveries.ofEvent(entry.events().getFirst())).contains(known);
    }

    @Test
    void keepsWhatNoDatabaseHolds() {
        buffer.record(LedgerEntry.bare(
                now, "shop\0", LedgerEntry.Way.HOOK, VerdictWord.MALFORMED, "x".repeat(10_000), "d\0", 0));

        assertThat(awaitAll(1).getFirst().entry().reason()).hasSize(500);
    }

    @Test
    void writesWhatWaitsWhenItIsStopped() throws Exception {
        for (int i = 0; i < 900; i++) {
            buffer.record(Entries.accepted("shop", "d-" + i, now));
        }
        writer.close();

        assertThat(store.count("select count(*) from gateway.delivery")).isEqualTo(900);
    }

    @Test
    void isListedNewestFirstInPages() {
        for (int i = 0; i < 5; i++) {
            buffer.record(Entries.accepted(i % 2 == 0 ? "shop" : "other", "d-" + i, now.plusMillis(i)));
        }
        buffer.record(Entries.irrelevant("shop", "d-9", now.plusMillis(9), null));
        awaitAll(6);

        assertThat(ids(Filter.ALL, 3)).containsExactly("d-9", "d-4", "d-3");
        Known third = deliveries.list(Filter.ALL, 3).getLast();
        assertThat(ids(new Filter(null, null, null, null, third.id()), 10)).containsExactly("d-2", "d-1", "d-0");
        assertThat(ids(new Filter("shop", null, null, null, null), 10)).containsExactly("d-9", "d-4", "d-2", "d-0");
        assertThat(ids(new Filter("shop", "irrelevant", null, null, null), 10)).containsExactly("d-9");
        assertThat(ids(new Filter(null, null, now.plusMillis(1), now.plusMillis(4), null), 10))
                .containsExactly("d-3", "d-2", "d-1");
    }

    @Test
    void isSharedByTwoWriters() throws Exception {
        LedgerBuffer other = buffer(1000);
        LedgerWriter second = writer(other);
        IntStream.range(0, 600).parallel().forEach(i -> {
            buffer.record(Entries.accepted("shop", "a-" + i, now));
            other.record(Entries.accepted("shop", "b-" + i, now));
        });

        awaitCount(1200);
        second.close();
        KnownDeliveries known = new KnownDeliveries(store.source(), Clock.systemUTC());
        assertThat(known.contains(key("a-1")).toCompletableFuture().get(5, TimeUnit.SECONDS))
                .isTrue();
        assertThat(known.contains(key("b-1")).toCompletableFuture().get(5, TimeUnit.SECONDS))
                .isTrue();
        known.close();
    }

    @Test
    void isNotFilledByAFloodOfStrangers() {
        for (int i = 0; i < 5_000; i++) {
            buffer.record(Entries.stranger("shop", now));
        }
        buffer.record(Entries.accepted("shop", "d-1", now));

        // Three in detail, the genuine one, and one that counts the rest for each time that was written in between.
        Awaitility.await()
                .until(() -> deliveries.list(Filter.ALL, 100).stream()
                                .mapToInt(known -> known.entry().count())
                                .sum()
                        == 5_001);
        assertThat(deliveries.list(Filter.ALL, 100)).hasSizeBetween(5, 10);
    }

    @Nested
    class WhileItsDatabaseIsAway {
        @Test
        void keepsWhatItsBoundAllowsAndWritesItLater() throws Exception {
            LedgerBuffer small = buffer(50);
            writer.close();
            writer = writer(small);
            small.record(Entries.accepted("shop", "before", now));
            awaitCount(1);
            GatewayStore.stop();
            KnownDeliveries known = new KnownDeliveries(store.source(), Clock.systemUTC());
            try {
                for (int i = 0; i < 700; i++) {
                    small.record(Entries.accepted("shop", "d-" + i, now.plusMillis(i)));
                }
                CompletableFuture<Boolean> question =
                        known.contains(key("before")).toCompletableFuture();
                assertThatThrownBy(question::join)
                        .isInstanceOf(CompletionException.class)
                        .hasCauseInstanceOf(LedgerUnavailable.class);
                assertThatThrownBy(() -> deliveries.list(Filter.ALL, 1)).isInstanceOf(LedgerUnavailable.class);
                assertThat(writer.lost()).isBetween(100L, 650L);
            } finally {
                GatewayStore.start();
            }
            long kept = 701 - writer.lost();
            awaitCount(kept);
            assertThat(ids(Filter.ALL, 1)).containsExactly("d-699");
            Awaitility.await()
                    .ignoreExceptions()
                    .untilAsserted(() -> assertThat(known.contains(key("before"))
                                    .toCompletableFuture()
                                    .get(5, TimeUnit.SECONDS))
                            .isTrue());
            known.close();
        }
    }

    @Nested
    class WhatADeliveryHeld {
        @Test
        void isKeptIfItBecameNoEvent() {
            byte[] body = "{\"zen\": \"Keep it logically awesome.\"}".getBytes(UTF_8);
            buffer.record(Entries.irrelevant("shop", "d-1", now, body));

            Known known = awaitAll(1).getFirst();
            LedgerEntry.Payload kept = deliveries.kept(known.id()).orElseThrow();
            assertThat(kept.body()).isEqualTo(body);
            assertThat(kept.headers()).containsEntry("x-github-event", "ping");
        }

        @Test
        void isKeptUpToABoundOfTheDay() {
            byte[] noise = new byte[40_000];
            new Random(1).nextBytes(noise);
            for (int i = 0; i < 3; i++) {
                buffer.record(Entries.irrelevant("shop", "d-" + i, now.plusMillis(i), noise));
                awaitCount(i + 1);
            }

            List<Known> all = deliveries.list(Filter.ALL, 10);
            assertThat(all.getFirst().notKept()).contains("used up");
            assertThat(deliveries.kept(all.getFirst().id())).isEmpty();
            assertThat(deliveries.kept(all.get(1).id())).isPresent();
        }
    }

    @Nested
    class WhatWasPublishedBefore {
        @Test
        void isNotWhatTheBrokerDidNotTake() throws Exception {
            LedgerEntry entry = Entries.accepted("shop", "d-1", now);
            buffer.record(new LedgerEntry(
                    now,
                    "shop",
                    entry.way(),
                    "unavailable",
                    "the broker was away",
                    "d-1",
                    "push",
                    entry.events(),
                    null,
                    0,
                    5,
                    entry.took(),
                    null,
                    null));
            awaitCount(1);
            KnownDeliveries known = new KnownDeliveries(store.source(), Clock.systemUTC());

            assertThat(known.contains(key("d-1")).toCompletableFuture().get(5, TimeUnit.SECONDS))
                    .isFalse();
            known.close();
        }

        @Test
        void isToldToManyWhoAskAtOnce() throws Exception {
            for (int i = 0; i < 100; i++) {
                buffer.record(Entries.accepted("shop", "d-" + i, now));
            }
            buffer.record(Entries.irrelevant("shop", "ping", now, null));
            awaitCount(101);
            KnownDeliveries known = new KnownDeliveries(store.source(), Clock.systemUTC());
            List<CompletableFuture<Boolean>> answers = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                answers.add(known.contains(key("d-" + i)).toCompletableFuture());
            }
            for (int i = 0; i < 200; i++) {
                assertThat(answers.get(i).get(5, TimeUnit.SECONDS)).as("d-" + i).isEqualTo(i < 100);
            }
            assertThat(known.contains(key("ping")).toCompletableFuture().get(5, TimeUnit.SECONDS))
                    .isFalse();
            known.close();
        }
    }

    @Nested
    class WhatIsTooOld {
        @Test
        void isTakenOutByOneProcessAtATime() throws Exception {
            buffer.record(Entries.accepted("shop", "old", now.minus(Duration.ofDays(8))));
            buffer.record(Entries.irrelevant("shop", "old-too", now.minus(Duration.ofDays(8)), new byte[10]));
            buffer.record(Entries.accepted("shop", "new", now.minus(Duration.ofDays(6))));
            awaitCount(3);
            LedgerRetention retention = new LedgerRetention(store.source(), Duration.ofDays(7), Duration.ofDays(30));
            try (var connection = store.source().getConnection();
                    var statement = connection.createStatement()) {
                statement.execute("select pg_advisory_lock(" + 0x6c6564676572L + ")");
                assertThat(retention.round(now)).isZero();
                statement.execute("select pg_advisory_unlock(" + 0x6c6564676572L + ")");
            }

            assertThat(retention.round(now)).isEqualTo(2);
            assertThat(ids(Filter.ALL, 10)).containsExactly("new");
            assertThat(store.count("select count(*) from gateway.delivery_payload"))
                    .isZero();
        }
    }

    @Nested
    class ParkedMessages {
        @Test
        void thatNobodySentInAgainAreThrownAwayAfterTheirTime() throws Exception {
            park("old", 31, false);
            park("new", 29, false);
            park("redriven", 31, true);

            new LedgerRetention(store.source(), Duration.ofDays(7), Duration.ofDays(30)).round(now);

            assertThat(store.count("select count(*) from gateway.parked where message_id = 'old'"))
                    .isZero();
            assertThat(store.count("select count(*) from gateway.parked")).isEqualTo(2);
        }

        private void park(String id, int days, boolean isRedriven) throws Exception {
            String at = "timestamptz '" + now.minus(Duration.ofDays(days)) + "'";
            try (var connection = store.source().getConnection();
                    var statement = connection.createStatement()) {
                statement.execute(
                        "insert into gateway.parked (queue, message_id, reason, receives, sent_at, received_at,"
                                + " parked_at, body, attributes, headers, facts, redriven_at) values ('orders', '" + id
                                + "', 'why', 5, " + at + ", " + at + ", " + at + ", '', '{}', '{}', '{}', "
                                + (isRedriven ? at : "null") + ")");
            }
        }
    }

    @Nested
    class TheUseOfSecrets {
        private final Generation generation = new Generation("shop", 0);

        @Test
        void isPutTogetherFromAllProcesses() {
            PostgresSecretUses uses = new PostgresSecretUses(store.source());
            uses.write(List.of(known(7, now, null)));
            uses.write(List.of(known(7, now.plusSeconds(60), now.plusSeconds(70))));
            uses.write(List.of(known(7, now.plusSeconds(65), now.plusSeconds(66))));

            assertThat(uses.all()).containsExactly(known(7, now, now.plusSeconds(70)));
        }

        @Test
        void beginsAnewWithAnotherValue() {
            PostgresSecretUses uses = new PostgresSecretUses(store.source());
            uses.write(List.of(known(7, now, now.plusSeconds(1))));
            uses.write(List.of(known(8, now.plusSeconds(60), null)));
            uses.write(List.of(known(7, now.plusSeconds(10), now.plusSeconds(61))));

            assertThat(uses.all()).containsExactly(known(8, now.plusSeconds(60), null));
        }

        private SecretUse.Known known(int check, Instant since, Instant used) {
            return new SecretUse.Known(generation, check, since, used);
        }
    }

    private static String key(String delivery) {
        return Entries.accepted("shop", delivery, Instant.EPOCH).events().getFirst();
    }

    private List<String> ids(Filter filter, int limit) {
        return deliveries.list(filter, limit).stream()
                .map(known -> known.entry().deliveryId())
                .toList();
    }

    private List<Known> awaitAll(int number) {
        awaitCount(number);
        return deliveries.list(Filter.ALL, 1000);
    }

    private void awaitCount(long number) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(store.count("select count(*) from gateway.delivery"))
                        .isEqualTo(number));
    }
}
