package dev.tiphys.gateway.sender;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Verdict;
import dev.tiphys.gateway.intake.Taken;
import dev.tiphys.gateway.ledger.Deliveries;
import dev.tiphys.gateway.ledger.LedgerBuffer;
import dev.tiphys.gateway.ledger.LedgerEntry;
import dev.tiphys.gateway.ledger.LedgerEntry.Payload;
import dev.tiphys.gateway.ledger.Payloads;
import dev.tiphys.gateway.ledger.Replayer;
import dev.tiphys.gateway.ledger.Replayer.Judgement;
import dev.tiphys.gateway.ledger.SecretUse;
import dev.tiphys.gateway.limit.Admission;
import dev.tiphys.gateway.limit.Rates;
import dev.tiphys.gateway.reception.Reception;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What of an accepted delivery is kept beside the ledger, so that it can be judged again; the rest is in its event. */
class KeptBodiesTest {
    private static final UUID ID = new UUID(1, 2);

    private final List<LedgerEntry> ledger = new ArrayList<>();

    @Test
    void aNotificationOfSnsIsKeptAndJudgedAgain() throws Exception {
        Fixture fixture = Fixture.of("sns");

        LedgerEntry entry = received(fixture, fixture.delivery());

        assertThat(new String(Objects.requireNonNull(entry.payload()).body(), UTF_8))
                .contains("TopicArn", "Message")
                .doesNotContain("Signature\"", "UnsubscribeURL");
        assertThat(judgedAgain(fixture, entry).events()).singleElement().satisfies(event -> {
            CloudEvent<?> before = ((Verdict.Accepted) fixture.judge(fixture.delivery()))
                    .events()
                    .getFirst();
            assertThat(event.data()).isEqualTo(before.data());
        });
    }

    @Test
    void aPushOfSeveralRefsIsKeptAndBecomesAsManyEventsAgain() throws Exception {
        Fixture fixture = Fixture.of("bitbucket");
        ObjectNode body = fixture.body().deepCopy();
        ArrayNode changes = (ArrayNode) body.at("/push/changes");
        changes.add(Json.mapper().readTree(changes.get(0).toString().replace("main", "dev")));

        LedgerEntry entry = received(fixture, fixture.delivery(body));

        assertThat(entry.events()).hasSize(2);
        assertThat(judgedAgain(fixture, entry).events()).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void aPushOfOneRefIsInItsEvent() {
        Fixture fixture = Fixture.of("bitbucket");

        assertThat(received(fixture, fixture.delivery()).payload()).isNull();
    }

    @Test
    void aRequestOfSlackIsKeptNowhere() {
        Fixture fixture = Fixture.of("slack");

        assertThat(received(fixture, fixture.delivery()).payload()).isNull();
    }

    private LedgerEntry received(Fixture fixture, Delivery delivery) {
        Reception reception = new Reception(
                new Reception.Means(
                        _ -> CompletableFuture.completedFuture(new Taken.Published(List.of(new Taken.Position(3, 42)))),
                        new Admission(new Rates(1_000, 1_000, 1_000, 1_000), System::nanoTime),
                        ledger::add,
                        (_, _) -> false,
                        new SecretUse()),
                System::nanoTime);
        var _ = reception.receive(
                new Reception.Whole(fixture.endpoint(), 1, delivery, "127.0.0.1", Duration.ZERO, null),
                List.of(fixture.secret()));
        LedgerEntry entry = ledger.getLast();
        assertThat(entry.verdict()).isEqualTo("accepted");
        return entry;
    }

    private static Judgement.Judged judgedAgain(Fixture fixture, LedgerEntry entry) {
        Replayer replayer = new Replayer(
                new Payloads(new One(entry.payload()), (_, _) -> Optional.empty()),
                _ -> CompletableFuture.failedFuture(new IllegalStateException("nothing is to be published")),
                new LedgerBuffer(new LedgerBuffer.Bounds(10, 10_000, 1_000, 3), new Random(1)),
                () -> Fixture.NOW,
                new Random(1));
        Judgement judgement = replayer.judge(
                new Deliveries.Known(ID, entry, /* recovered= */ false, null),
                new Replayer.Table(Map.of("shop", fixture.endpoint()), 2));
        assertThat(judgement).isInstanceOf(Judgement.Judged.class);
        return (Judgement.Judged) judgement;
    }

    /** A store with one payload. */
    private record One(Payload payload) implements Deliveries {
        @Override
        public List<Known> list(Filter filter, int limit) {
            return List.of();
        }

        @Override
        public Optional<Known> find(UUID id) {
            return Optional.empty();
        }

        @Override
        public Optional<Known> ofEvent(String event) {
            return Optional.empty();
        }

        @Override
        public Optional<Payload> kept(UUID id) {
            return id.equals(ID) ? Optional.of(payload) : Optional.empty();
        }
    }
}
