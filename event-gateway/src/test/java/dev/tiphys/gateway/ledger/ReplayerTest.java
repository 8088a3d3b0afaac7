package dev.tiphys.gateway.ledger;

import static dev.tiphys.gateway.ledger.Entries.NOW;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.contracts.definition.Definition.Source;
import dev.tiphys.contracts.definition.DefinitionKey;
import dev.tiphys.contracts.definition.SecretRef;
import dev.tiphys.contracts.definition.Verification;
import dev.tiphys.gateway.intake.Arrival;
import dev.tiphys.gateway.intake.Taken;
import dev.tiphys.gateway.ledger.Deliveries.Known;
import dev.tiphys.gateway.ledger.LedgerEntry.Payload;
import dev.tiphys.gateway.ledger.LedgerEntry.Place;
import dev.tiphys.gateway.ledger.LedgerEntry.Way;
import dev.tiphys.gateway.ledger.Replayer.Judgement;
import dev.tiphys.gateway.ledger.Replayer.Table;
import dev.tiphys.gateway.proof.Proof.Openness;
import dev.tiphys.gateway.sender.Senders;
import dev.tiphys.platform.expression.cel.CelExpressions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ReplayerTest {
    private static final UUID ID = LedgerId.of(NOW, new Random(7));
    private static final Table TABLE = new Table(
            Senders.table(
                    List.of(new Source(
                            new DefinitionKey("Source", "default", "billing"),
                            new Verification.Bearer(new SecretRef("billing", "token")))),
                    new Senders.Terms(Openness.PROOF_DEMANDED, new CelExpressions())),
            17);

    private final Map<UUID, Payload> kept = new HashMap<>();
    private final Map<Place, Payloads.OfEvent> onLog = new HashMap<>();
    private final List<Arrival> published = new ArrayList<>();
    private final LedgerBuffer ledger = new LedgerBuffer(new LedgerBuffer.Bounds(10, 10_000, 1000, 3), new Random(1));
    private final Replayer replayer = new Replayer(
            new Payloads(new Held(), (place, _) -> Optional.ofNullable(onLog.get(place))),
            arrival -> {
                published.add(arrival);
                return CompletableFuture.completedFuture(new Taken.Published(List.of(new Taken.Position(2, 99))));
            },
            ledger,
            () -> NOW.plusSeconds(60),
            new Random(1));

    private final class Held implements Deliveries {
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
            return Optional.ofNullable(kept.get(id));
        }
    }

    @Test
    void makesNewEventsThatSayWhichOneTheyComeFrom() throws Exception {
        onLog.put(new Place(3, 42), new Payloads.OfEvent(payload("{\"type\": \"invoice.paid\"}"), true));
        Known original = known(Entries.accepted("billing", "d-1", NOW));

        Judgement.Judged judged = (Judgement.Judged) replayer.judge(original, TABLE);
        assertThat(judged.verdict()).isEqualTo("accepted");
        assertThat(judged.events()).singleElement().satisfies(event -> {
            String before = original.entry().events().getFirst();
            assertThat(event.id()).isNotEqualTo(before).hasSize(32);
            assertThat(event.causality().causationId()).isEqualTo(before);
            assertThat(event.causality().definitionsOffset()).isEqualTo(17);
            assertThat(event.data().type()).isEqualTo("invoice.paid");
        });
        assertThat(published).isEmpty();
        assertThat(ledger.size()).isZero();

        replayer.carryOut(judged).toCompletableFuture().join();

        assertThat(published).hasSize(1);
        LedgerRow row = ledger.take(NOW, 10, Duration.ZERO, Duration.ZERO).getFirst();
        assertThat(row.id()).isEqualTo(judged.id());
        assertThat(row.entry().way()).isEqualTo(Way.REPLAY);
        assertThat(row.entry().replayOf()).isEqualTo(ID.toString());
        assertThat(row.entry().position()).isEqualTo(new Place(2, 99));
        assertThat(row.entry().events())
                .containsExactly(judged.events().getFirst().id());
    }

    @Test
    void makesOtherEventsEachTime() {
        onLog.put(new Place(3, 42), new Payloads.OfEvent(payload("{}"), true));
        Known original = known(Entries.accepted("billing", "d-1", NOW));

        Judgement.Judged one = (Judgement.Judged) replayer.judge(original, TABLE);
        Judgement.Judged two = (Judgement.Judged) replayer.judge(original, TABLE);
        assertThat(one.events().getFirst().id())
                .isNotEqualTo(two.events().getFirst().id());
    }

    @Test
    void judgesWhatBecameNoEventFromWhatWasKept() {
        Known original = known(Entries.irrelevant("billing", "d-1", NOW, null));
        kept.put(ID, payload("no json"));

        assertThat(replayer.judge(original, TABLE)).isInstanceOfSatisfying(Judgement.Judged.class, judged -> {
            assertThat(judged.verdict()).isEqualTo("malformed");
            assertThat(judged.events()).isEmpty();
        });
    }

    @Test
    void refusesWhatNobodyProvedToHaveSent() {
        assertThat(replayer.judge(known(Entries.stranger("billing", NOW)), TABLE))
                .isInstanceOfSatisfying(
                        Judgement.Impossible.class,
                        one -> assertThat(one.reason()).contains("nothing proved"));
    }

    @Test
    void refusesWhatCannotBePutTogetherAgain() {
        onLog.put(new Place(3, 42), new Payloads.OfEvent(payload("{}"), false));

        assertThat(replayer.judge(known(Entries.accepted("billing", "d-1", NOW)), TABLE))
                .isInstanceOf(Judgement.Impossible.class);
    }

    @Test
    void refusesWhatBecameSeveralEvents() {
        onLog.put(new Place(3, 42), new Payloads.OfEvent(payload("{}"), true));
        LedgerEntry one = Entries.accepted("billing", "d-1", NOW);
        LedgerEntry several = new LedgerEntry(
                one.at(),
                one.endpoint(),
                one.way(),
                one.verdict(),
                one.reason(),
                one.deliveryId(),
                one.type(),
                List.of("e-1", "e-2"),
                one.position(),
                one.secret(),
                one.bytes(),
                one.took(),
                one.replayOf(),
                one.payload());

        assertThat(replayer.judge(known(one), TABLE)).isInstanceOf(Judgement.Judged.class);
        assertThat(replayer.judge(known(several), TABLE)).isInstanceOf(Judgement.Impossible.class);
    }

    @Test
    void saysThatTheLogHasItNoMore() {
        assertThat(replayer.judge(known(Entries.accepted("billing", "d-1", NOW)), TABLE))
                .isInstanceOfSatisfying(
                        Judgement.Gone.class, one -> assertThat(one.reason()).contains("not on the log any more"));
    }

    @Test
    void refusesWhatHasNoEndpointAnyMore() {
        assertThat(replayer.judge(known(Entries.accepted("shop", "d-1", NOW)), TABLE))
                .isInstanceOfSatisfying(
                        Judgement.Impossible.class,
                        one -> assertThat(one.reason()).contains("no endpoint shop"));
    }

    private static Known known(LedgerEntry entry) {
        return new Known(ID, entry, false, null);
    }

    private static Payload payload(String body) {
        return new Payload(Map.of(), body.getBytes(UTF_8));
    }
}
