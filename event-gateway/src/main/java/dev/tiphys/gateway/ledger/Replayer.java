package dev.tiphys.gateway.ledger;

import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.DeliveryRules;
import dev.tiphys.gateway.delivery.Endpoint;
import dev.tiphys.gateway.delivery.Mapper;
import dev.tiphys.gateway.delivery.Sha256;
import dev.tiphys.gateway.delivery.Verdict;
import dev.tiphys.gateway.intake.Arrival;
import dev.tiphys.gateway.intake.Intake;
import dev.tiphys.gateway.intake.Taken;
import dev.tiphys.gateway.ledger.Deliveries.Known;
import dev.tiphys.gateway.ledger.LedgerEntry.Payload;
import dev.tiphys.gateway.ledger.LedgerEntry.Way;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Judges a delivery again that was verified when it came, by the definitions as they are now, or as somebody thinks of
 * changing them. Its events get new ids, and say which event they come from.
 */
public final class Replayer {
    private static final int DIGITS = 32;

    private final Payloads payloads;
    private final Intake intake;
    private final LedgerBuffer ledger;
    private final InstantSource clock;
    private final RandomGenerator random;

    /** The endpoints to judge by, and the version of the definitions that they are from. */
    public record Table(Map<String, Endpoint> byName, long definitionsOffset) {
        public Table {
            byName = Map.copyOf(byName);
        }
    }

    /** What a delivery comes to when it is judged again. */
    public sealed interface Judgement {
        /** It cannot be judged again, and never will be. */
        record Impossible(String reason) implements Judgement {}

        /** What it held is not there any more. */
        record Gone(String reason) implements Judgement {}

        /**
         * This is what it comes to.
         *
         * @param id of the new entry, which its events' ids are made of
         * @param events that it would make, in order
         * @param payload what it held, to be kept; null if that is in its event
         */
        record Judged(
                UUID id,
                Known original,
                String verdict,
                @Nullable String reason,
                List<CloudEvent<ExternalEvent>> events,
                @Nullable Payload payload,
                Instant at)
                implements Judgement {
            public Judged {
                events = List.copyOf(events);
            }
        }
    }

    public Replayer(
            Payloads payloads, Intake intake, LedgerBuffer ledger, InstantSource clock, RandomGenerator random) {
        this.payloads = payloads;
        this.intake = intake;
        this.ledger = ledger;
        this.clock = clock;
        this.random = random;
    }

    /** {@return what a delivery comes to now} Nothing is published or remembered by it. */
    public Judgement judge(Known original, Table table) {
        LedgerEntry entry = original.entry();
        if (entry.way() == Way.QUEUE || entry.way() == Way.SCHEDULE) {
            return new Judgement.Impossible("it did not come to a hook but by a "
                    + entry.way().name().toLowerCase(Locale.ROOT) + ", which has its own way to repeat it");
        }
        if (!entry.isGenuine() || entry.count() > 1) {
            return new Judgement.Impossible(
                    "nothing proved who sent it when it came, so nothing that it says may be acted upon");
        }
        Endpoint endpoint = table.byName().get(entry.endpoint());
        if (endpoint == null) {
            return new Judgement.Impossible("there is no endpoint " + entry.endpoint() + " any more");
        }
        return switch (payloads.of(original)) {
            case Payloads.Found.NeverKept(var reason) ->
                new Judgement.Impossible("what it held was not kept: " + reason);
            case Payloads.Found.Gone(var reason) -> new Judgement.Gone(reason);
            case Payloads.Found.Here here -> judge(original, endpoint, table.definitionsOffset(), here);
        };
    }

    private Judgement judge(Known original, Endpoint endpoint, long offset, Payloads.Found.Here here) {
        boolean inItsEvent = isInItsEvent(endpoint, original.entry().events().size());
        if (!here.whole() || !(here.kept() || inItsEvent)) {
            String notKept = original.notKept();
            return new Judgement.Impossible("its events carry parts of its body, and the whole "
                    + (notKept == null ? "was not kept" : "is missing: " + notKept));
        }
        Payload payload = here.payload();
        Instant now = clock.instant();
        UUID id = LedgerId.of(now, random);
        Integer secret = original.entry().secret();
        Delivery delivery = new Delivery(endpoint.name(), payload.headers(), payload.body(), now);
        Verdict verdict = DeliveryRules.judgeVerified(endpoint, secret == null ? 0 : secret, offset, delivery);
        List<CloudEvent<ExternalEvent>> events =
                verdict instanceof Verdict.Accepted accepted ? renewed(accepted.events(), id, original) : List.of();
        return new Judgement.Judged(
                id,
                original,
                VerdictWord.of(verdict).word(),
                reason(verdict),
                events,
                isInItsEvent(endpoint, events.size()) ? null : payload,
                now);
    }

    private static boolean isInItsEvent(Endpoint endpoint, int events) {
        return events == 1 && endpoint.mapper().whole() == Mapper.Whole.IN_ITS_EVENT;
    }

    private static @Nullable String reason(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Accepted _ -> null;
            case Verdict.Irrelevant irrelevant -> irrelevant.reason();
            case Verdict.Challenged _ -> "it only asks whether anybody is there";
            case Verdict.Invited _ -> "it only asks whether it may send";
            case Verdict.Rejected rejected -> rejected.reason();
        };
    }

    private static List<CloudEvent<ExternalEvent>> renewed(
            List<CloudEvent<ExternalEvent>> events, UUID id, Known original) {
        List<String> before = original.entry().events();
        String cause = before.isEmpty() ? null : before.getFirst();
        List<CloudEvent<ExternalEvent>> renewed = new ArrayList<>();
        for (CloudEvent<ExternalEvent> event : events) {
            Causality causality = event.causality();
            renewed.add(new CloudEvent<>(
                    eventId(id, renewed.size()),
                    event.source(),
                    event.subject(),
                    event.time(),
                    new Causality(cause, cause, causality.traceparent(), causality.definitionsOffset()),
                    event.data()));
        }
        return renewed;
    }

    private static String eventId(UUID id, int place) {
        return Sha256.hex("replay\n" + id + "\n" + place).substring(0, DIGITS);
    }

    /** Publishes the events of a judgement and remembers it; {@return a stage that ends as {@link Intake#take} does} */
    public CompletionStage<UUID> carryOut(Judgement.Judged judged) {
        if (judged.events().isEmpty()) {
            remember(judged, null);
            return CompletableFuture.completedFuture(judged.id());
        }
        Arrival arrival = new Arrival(judged.events().stream()
                .map(event -> new Arrival.Outgoing(event.data().endpoint(), event, null))
                .toList());
        return intake.take(arrival).thenApply(taken -> {
            remember(
                    judged,
                    switch (taken) {
                        case Taken.Published(var positions)
                        when !positions.isEmpty() ->
                            new LedgerEntry.Place(
                                    positions.getFirst().partition(),
                                    positions.getFirst().offset());
                        case Taken.Published _, Taken.Duplicate _ -> null;
                    });
            return judged.id();
        });
    }

    private void remember(Judgement.Judged judged, LedgerEntry.@Nullable Place place) {
        LedgerEntry original = judged.original().entry();
        ledger.record(
                judged.id(),
                new LedgerEntry(
                        judged.at(),
                        original.endpoint(),
                        Way.REPLAY,
                        judged.verdict(),
                        judged.reason(),
                        original.deliveryId(),
                        original.type(),
                        judged.events().stream().map(CloudEvent::id).toList(),
                        place,
                        original.secret(),
                        original.bytes(),
                        new LedgerEntry.Took(
                                Duration.ZERO, Duration.ZERO, Duration.between(judged.at(), clock.instant())),
                        judged.original().id().toString(),
                        judged.payload()));
    }
}
