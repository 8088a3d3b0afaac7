package dev.tiphys.gateway.ledger;

import static dev.tiphys.gateway.ledger.Entries.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LedgerBufferTest {
    private static final int PAYLOAD = 100;

    private final LedgerBuffer buffer =
            new LedgerBuffer(new LedgerBuffer.Bounds(10, 10_000, PAYLOAD, 3), new Random(1));

    @Test
    void givesEntriesInTheOrderInWhichTheyCame() throws InterruptedException {
        buffer.record(Entries.accepted("shop", "d-1", NOW));
        buffer.record(Entries.accepted("shop", "d-2", NOW));

        assertThat(take(NOW)).extracting(row -> row.entry().deliveryId()).containsExactly("d-1", "d-2");
        assertThat(buffer.size()).isZero();
    }

    @Test
    void dropsTheOldestBeyondItsBoundAndCountsThem() throws InterruptedException {
        for (int i = 0; i < 13; i++) {
            buffer.record(Entries.accepted("shop", "d-" + i, NOW));
        }

        assertThat(buffer.dropped()).isEqualTo(3);
        assertThat(take(NOW))
                .hasSize(10)
                .first()
                .extracting(row -> row.entry().deliveryId())
                .isEqualTo("d-3");
    }

    @Test
    void isBoundedInBytesAsWell() throws InterruptedException {
        LedgerBuffer small = new LedgerBuffer(new LedgerBuffer.Bounds(100, 1_300, PAYLOAD, 3), new Random(1));
        for (int i = 0; i < 5; i++) {
            small.record(Entries.irrelevant("shop", "d-" + i, NOW, new byte[PAYLOAD]));
        }

        assertThat(small.size()).isEqualTo(2);
        assertThat(small.dropped()).isEqualTo(3);
    }

    @Test
    void givesAtMostWhatIsWanted() throws InterruptedException {
        buffer.record(Entries.accepted("shop", "d-1", NOW));
        buffer.record(Entries.accepted("shop", "d-2", NOW));

        assertThat(buffer.take(NOW, 1, Duration.ZERO, Duration.ZERO)).hasSize(1);
        assertThat(buffer.size()).isEqualTo(1);
    }

    @Test
    void makesIdsInTheOrderOfTime() {
        UUID before = LedgerId.of(NOW.minusMillis(1), new Random(1));
        UUID one = LedgerId.of(NOW, new Random(1));

        assertThat(before.toString()).isLessThan(one.toString());
        assertThat(LedgerId.floor(NOW).toString()).isLessThanOrEqualTo(one.toString());
        assertThat(before.toString()).isLessThan(LedgerId.floor(NOW).toString());
        assertThat(one.version()).isEqualTo(7);
        assertThat(LedgerId.parse(one.toString())).contains(one);
        assertThat(LedgerId.parse("17")).isEmpty();
    }

    @Nested
    class Strangers {
        @Test
        void areListedUpToANumberASecondAndThenCounted() throws InterruptedException {
            flood("shop", 8, NOW);

            assertThat(take(NOW)).hasSize(3);
            List<LedgerRow> rest = take(NOW.plusSeconds(1));
            assertThat(rest).hasSize(1);
            assertThat(rest.getFirst().entry().count()).isEqualTo(5);
            assertThat(rest.getFirst().entry().bytes()).isEqualTo(50);
            assertThat(rest.getFirst().entry().verdict()).isEqualTo("unverified");
        }

        @Test
        void areListedAgainInTheNextSecond() throws InterruptedException {
            flood("shop", 4, NOW);
            flood("shop", 4, NOW.plusSeconds(1));

            assertThat(take(NOW.plusSeconds(1)))
                    .extracting(row -> row.entry().count())
                    .containsExactly(1, 1, 1, 1, 1, 1, 1);
            assertThat(take(NOW.plusSeconds(2))).hasSize(1);
        }

        @Test
        void doNotKeepOthersFromBeingListed() throws InterruptedException {
            flood("shop", 9, NOW);
            flood("other", 1, NOW);
            buffer.record(Entries.stranger("shop", "too-large", NOW));
            buffer.record(Entries.accepted("shop", "d-1", NOW));

            assertThat(take(NOW))
                    .hasSize(6)
                    .last()
                    .extracting(row -> row.entry().verdict())
                    .isEqualTo("accepted");
        }

        @Test
        void areCountedEvenIfNobodyComesAfterThem() throws InterruptedException {
            flood("shop", 5, NOW);
            buffer.close();

            assertThat(take(NOW)).extracting(row -> row.entry().count()).containsExactly(1, 1, 1, 2);
        }

        @Test
        void areNeverKeptWithWhatTheySent() throws InterruptedException {
            buffer.record(withPayload("unverified"));

            assertThat(take(NOW).getFirst().entry().payload()).isNull();
        }

        private void flood(String endpoint, int number, Instant at) {
            for (int i = 0; i < number; i++) {
                buffer.record(Entries.stranger(endpoint, at));
            }
        }
    }

    @Nested
    class WhatADeliveryHeld {
        @Test
        void isKeptIfItBecameNoEvent() throws InterruptedException {
            buffer.record(Entries.irrelevant("shop", "d-1", NOW, new byte[PAYLOAD]));

            LedgerRow row = take(NOW).getFirst();
            assertThat(row.entry().payload()).isNotNull();
            assertThat(row.notKept()).isNull();
        }

        @Test
        void isNotKeptIfItIsLarge() throws InterruptedException {
            buffer.record(Entries.irrelevant("shop", "d-1", NOW, new byte[PAYLOAD + 1]));

            LedgerRow row = take(NOW).getFirst();
            assertThat(row.entry().payload()).isNull();
            assertThat(row.notKept()).contains("larger than the 100 bytes");
        }

        @ParameterizedTest
        @CsvSource({
            "parked, it is in the parking lot",
            "missed, the verdict was missed",
            "limited, the verdict was limited",
            "challenged, the verdict was challenged"
        })
        void isNotKeptForTheReasonThatIsTrue(String verdict, String reason) throws InterruptedException {
            buffer.record(without(verdict));

            assertThat(take(NOW).getFirst().notKept()).startsWith(reason);
        }

        @Test
        void isKeptOfAGenuineOneThatIsRefused() throws InterruptedException {
            buffer.record(withPayload("foreign"));

            assertThat(take(NOW).getFirst().entry().payload()).isNotNull();
        }
    }

    @Nested
    class TheKey {
        @Test
        void isThatOfTheFirstEvent() {
            LedgerRow row = new LedgerRow(new UUID(0, 0), Entries.accepted("shop", "d-1", NOW), null);

            assertThat(row.keyHash())
                    .isEqualTo(LedgerRow.hash(row.entry().events().getFirst()));
        }

        @Test
        void isThatOfTheEventThatAGenuineDeliveryWouldHaveBecome() {
            LedgerRow accepted = new LedgerRow(new UUID(0, 0), Entries.accepted("shop", "d-1", NOW), null);
            LedgerRow irrelevant = new LedgerRow(new UUID(0, 0), Entries.irrelevant("shop", "d-1", NOW, null), null);

            assertThat(irrelevant.keyHash()).isEqualTo(accepted.keyHash());
        }

        @Test
        void isNotThereForWhatAStrangerSaysItIs() {
            LedgerEntry stranger =
                    LedgerEntry.bare(NOW, "shop", LedgerEntry.Way.HOOK, VerdictWord.UNVERIFIED, null, "d-1", 0);

            assertThat(new LedgerRow(new UUID(0, 0), stranger, null).keyHash()).isNull();
        }
    }

    private static LedgerEntry without(String verdict) {
        return new LedgerEntry(
                NOW,
                "shop",
                LedgerEntry.Way.HOOK,
                verdict,
                null,
                null,
                null,
                List.of(),
                null,
                0,
                2,
                LedgerEntry.Took.NOTHING,
                null,
                null);
    }

    private static LedgerEntry withPayload(String verdict) {
        return new LedgerEntry(
                NOW,
                "shop",
                LedgerEntry.Way.HOOK,
                verdict,
                null,
                null,
                null,
                List.of(),
                null,
                null,
                2,
                LedgerEntry.Took.NOTHING,
                null,
                new LedgerEntry.Payload(Map.of(), new byte[2]));
    }

    private List<LedgerRow> take(Instant now) throws InterruptedException {
        return buffer.take(now, 100, Duration.ZERO, Duration.ZERO);
    }
}
