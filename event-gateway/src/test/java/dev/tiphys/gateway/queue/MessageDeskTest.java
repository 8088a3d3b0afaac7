package dev.tiphys.gateway.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.gateway.ledger.LedgerEntry;
import dev.tiphys.gateway.queue.Outcome.Verdict;
import dev.tiphys.gateway.queue.RedriveDesk.Answer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class MessageDeskTest {
    private final World world = new World();
    private final Subscription byOrder = World.sqs("orders", null, "message.body.order", 3);

    private Outcome handle(Subscription queue, String id, String body, int receives) throws InterruptedException {
        return world.desk.handle(queue, World.message(id, body).receivedTimes(receives));
    }

    @Test
    void settlesAMessageOnceTheLogHasItAndAgainAsADuplicate() throws InterruptedException {
        assertThat(handle(byOrder, "m-1", "{\"order\": 1}", 1)).isEqualTo(new Outcome.Settled(Verdict.ACCEPTED));
        assertThat(handle(byOrder, "m-2", "{\"order\": 1}", 1)).isEqualTo(new Outcome.Settled(Verdict.DUPLICATE));

        assertThat(world.events()).hasSize(1);
        assertThat(world.ledger).extracting(LedgerEntry::verdict).containsExactly("accepted", "duplicate");
        assertThat(world.ledger).extracting(LedgerEntry::endpoint).containsOnly("orders");
    }

    @Nested
    class APoisonousMessage {
        @Test
        void isParkedWithTheReasonWhenItWasReceivedOftenEnough() throws InterruptedException {
            assertThat(handle(byOrder, "m-1", "{}", 1)).isInstanceOf(Outcome.Failed.class);
            assertThat(handle(byOrder, "m-1", "{}", 2)).isInstanceOf(Outcome.Failed.class);
            assertThat(world.lot.list(null, null, 10)).isEmpty();

            assertThat(handle(byOrder, "m-1", "{}", 3)).isEqualTo(new Outcome.Settled(Verdict.PARKED));

            assertThat(world.lot.list("orders", null, 10)).singleElement().satisfies(parked -> {
                assertThat(parked.reason()).contains("deduplicateBy");
                assertThat(parked.receives()).isEqualTo(3);
            });
            assertThat(world.deadLetters).hasSize(1);
            assertThat(world.ledger).extracting(LedgerEntry::verdict).containsExactly("parked");
        }

        @Test
        void staysInTheQueueWhileTheParkingLotIsAway() throws InterruptedException {
            world.lot.away(true);

            assertThat(handle(byOrder, "m-1", "{}", 3)).isEqualTo(new Outcome.Unparked("the database is away"));
        }

        @Test
        void isOneThatTheBrokerWillNeverTake() throws InterruptedException {
            world.before = _ -> {
                throw World.refused();
            };

            assertThat(handle(byOrder, "m-1", "{\"order\": 1}", 3)).isEqualTo(new Outcome.Settled(Verdict.PARKED));
            assertThat(world.lot.list(null, null, 1).getFirst().reason()).contains("no record as large");
        }
    }

    @Test
    void isNotAMessagesFaultThatTheLogIsAway() throws InterruptedException {
        world.away();

        assertThat(handle(byOrder, "m-1", "{\"order\": 1}", 99)).isInstanceOf(Outcome.Away.class);
        assertThat(world.lot.list(null, null, 10)).isEmpty();
    }

    @Nested
    class AParkedMessage {
        private final List<Subscription> today = new ArrayList<>();
        private final List<String> audit = new ArrayList<>();
        private final RedriveDesk desk = new RedriveDesk(
                world.lot,
                world.desk,
                () -> today,
                World::trouble,
                (actor, action, parked) -> {
                    audit.add(actor + " " + action + " " + parked.id());
                    return CompletableFuture.completedFuture(null);
                },
                Instant::now);

        private long parked() throws InterruptedException {
            handle(byOrder, "m-1", "{\"id\": 1}", 3);
            return world.lot.list(null, null, 1).getFirst().id();
        }

        @Test
        void becomesAnEventByTodaysDefinitionOnce() throws InterruptedException {
            long id = parked();
            today.add(World.sqs("orders", null, "message.body.id", 3));

            Answer first = desk.redrive(id, "ada");
            Answer second = desk.redrive(id, "ada");

            assertThat(first).isInstanceOf(Answer.Done.class);
            assertThat(((Answer.NotNow) second).reason())
                    .contains("redriven before")
                    .contains("ada");
            assertThat(world.events()).hasSize(1);
            assertThat(desk.list(null, null, 10)).isEmpty();
            assertThat(audit).containsExactly("ada redrive " + id);
        }

        @Test
        void isInTheLedgerAsOfTheMomentWhenItWasSentInAgain() throws InterruptedException {
            long id = parked();
            today.add(World.sqs("orders", null, "message.body.id", 3));
            Instant before = Instant.now();

            Answer.Done done = (Answer.Done) desk.redrive(id, "ada");

            LedgerEntry entry = world.ledger.getLast();
            assertThat(entry.verdict()).isEqualTo("accepted");
            assertThat(entry.events()).containsExactly(done.parked().redriven().event());
            assertThat(entry.at()).isAfterOrEqualTo(before);
        }

        @Test
        void staysParkedWithTodaysReasonIfItStillCannot() throws InterruptedException {
            long id = parked();
            today.add(World.sqs("orders", null, "message.body.other", 3));

            assertThat(((Answer.StillPoison) desk.redrive(id, "ada")).reason()).contains("other");

            assertThat(desk.list(null, null, 10).getFirst().reason()).contains("other");
            assertThat(audit).isEmpty();
        }

        @Test
        void waitsIfTheLogIsAway() throws InterruptedException {
            long id = parked();
            today.add(World.sqs("orders", null, "message.body.id", 3));
            world.away();

            assertThat(desk.redrive(id, "ada")).isInstanceOf(Answer.Away.class);

            world.back();
            assertThat(desk.redrive(id, "ada")).isInstanceOf(Answer.Done.class);
        }

        @Test
        void goesNowhereWithoutItsQueue() throws InterruptedException {
            assertThat(((Answer.NotNow) desk.redrive(parked(), "ada")).reason()).contains("no queue orders");
        }

        @Test
        void isThrownAwayWhenAPersonSaysSo() throws InterruptedException {
            long id = parked();

            assertThat(desk.discard(id, "ada")).isInstanceOf(Answer.Done.class);
            assertThat(desk.discard(id, "ada")).isInstanceOf(Answer.Unknown.class);
            assertThat(audit).containsExactly("ada discard " + id);
        }
    }
}
