package dev.tiphys.gateway.intake;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.NullNode;
import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.gateway.intake.Taken.Duplicate;
import dev.tiphys.gateway.intake.Taken.Position;
import dev.tiphys.gateway.intake.Taken.Published;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private static final List<Position> THERE = List.of(new Position(1, 2));

    private final List<CompletableFuture<List<Position>>> sent = new ArrayList<>();
    private final Set<String> ledger = new HashSet<>();
    private long now = 1;
    private final Intake outbox = outbox(key -> CompletableFuture.completedFuture(ledger.contains(key)));

    @Test
    void anArrivalIsPublishedOnce() {
        CompletableFuture<Taken> first = take(outbox, "a");
        assertThat(first).isNotDone();

        sent.getFirst().complete(THERE);

        assertThat(first).isCompletedWithValue(new Published(THERE));
        assertThat(take(outbox, "a")).isCompletedWithValue(new Duplicate());
        assertThat(sent).hasSize(1);
    }

    @Test
    void aTwinThatIsUnderWaySharesTheOutcome() {
        take(outbox, "a");
        CompletableFuture<Taken> twin = take(outbox, "a");

        assertThat(twin).isNotDone();
        sent.getFirst().complete(THERE);

        assertThat(twin).isCompletedWithValue(new Duplicate());
        assertThat(sent).hasSize(1);
    }

    @Test
    void aTwinOfAFailureFails() {
        take(outbox, "a");
        CompletableFuture<Taken> twin = take(outbox, "a");

        sent.getFirst().completeExceptionally(new IllegalStateException("broker away"));

        assertThat(twin).isCompletedExceptionally();
    }

    @Test
    void afterAFailureItIsPublishedAgain() {
        CompletableFuture<Taken> first = take(outbox, "a");
        sent.getFirst().completeExceptionally(new IllegalStateException("broker away"));

        assertThat(first).isCompletedExceptionally();
        assertThat(take(outbox, "a")).isNotDone();
        assertThat(sent).hasSize(2);
    }

    @Test
    void whatIsUnderWayIsBounded() {
        take(outbox, "a");
        take(outbox, "b");

        assertThat(take(outbox, "c")).isCompletedExceptionally();
        sent.getFirst().complete(THERE);
        assertThat(take(outbox, "c")).isNotDone();
    }

    @Test
    void whileTheBrokerDoesNotAnswerNobodyElseWaits() {
        take(outbox, "a");
        now += Duration.ofMillis(1_001).toNanos();

        assertThat(take(outbox, "b")).isCompletedExceptionally();
        assertThat(sent).hasSize(1);

        sent.getFirst().completeExceptionally(new IllegalStateException("broker away"));
        assertThat(take(outbox, "b")).isNotDone();
        assertThat(sent).hasSize(2);
    }

    @Test
    void whatIsRememberedIsBounded() {
        for (String id : List.of("a", "b", "c", "d")) {
            take(outbox, id);
            sent.getLast().complete(THERE);
        }

        take(outbox, "d");
        assertThat(sent).hasSize(4);
        take(outbox, "a");
        assertThat(sent).hasSize(5);
    }

    @Nested
    class TheLedger {
        @Test
        void knowsWhatAnotherProcessPublished() {
            ledger.add("a");

            assertThat(take(outbox, "a")).isCompletedWithValue(new Duplicate());
            assertThat(sent).isEmpty();
        }

        @Test
        void thatCannotTellKeepsNobodyOut() {
            take(outbox(_ -> CompletableFuture.failedFuture(new IllegalStateException("away"))), "a");
            assertThat(sent).hasSize(1);
        }

        @Test
        void thatThrowsKeepsNobodyOut() {
            take(
                    outbox(_ -> {
                        throw new IllegalStateException("away");
                    }),
                    "a");
            assertThat(sent).hasSize(1);
        }

        @Test
        void thatHangsIsNotWaitedFor() {
            CompletableFuture<Taken> taken = take(outbox(_ -> new CompletableFuture<>()), "a");

            Awaitility.await().until(() -> sent.size() == 1);
            sent.getFirst().complete(THERE);
            Awaitility.await().until(taken::isDone);
            assertThat(taken).isCompletedWithValue(new Published(THERE));
        }
    }

    private Intake outbox(KnownArrivals known) {
        return new Outbox(
                this::publish, known, new Outbox.Bounds(2, 3, Duration.ofMillis(20), Duration.ofSeconds(1)), () -> now);
    }

    private CompletionStage<List<Position>> publish(List<Arrival.Outgoing> events) {
        CompletableFuture<List<Position>> outcome = new CompletableFuture<>();
        sent.add(outcome);
        return outcome;
    }

    private static CompletableFuture<Taken> take(Intake intake, String id) {
        return intake.take(Arrival.of(
                        "shop",
                        new CloudEvent<>(
                                id,
                                "/tiphys/gateway/shop",
                                null,
                                Instant.EPOCH,
                                Causality.NONE,
                                new ExternalEvent("shop", "push", id, null, Map.of(), NullNode.instance))))
                .toCompletableFuture();
    }
}
