package dev.tiphys.gateway.reception;

import com.fasterxml.jackson.databind.node.MissingNode;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.DeliveryRules;
import dev.tiphys.gateway.delivery.Endpoint;
import dev.tiphys.gateway.delivery.Invitations;
import dev.tiphys.gateway.delivery.Mapper;
import dev.tiphys.gateway.delivery.PublicHeaders;
import dev.tiphys.gateway.delivery.Verdict;
import dev.tiphys.gateway.delivery.Verdict.Refusal;
import dev.tiphys.gateway.intake.Arrival;
import dev.tiphys.gateway.intake.Arrival.Outgoing;
import dev.tiphys.gateway.intake.Intake;
import dev.tiphys.gateway.intake.Taken;
import dev.tiphys.gateway.ledger.DeliveryLedger;
import dev.tiphys.gateway.ledger.LedgerEntry;
import dev.tiphys.gateway.ledger.LedgerEntry.Payload;
import dev.tiphys.gateway.ledger.LedgerEntry.Place;
import dev.tiphys.gateway.ledger.LedgerEntry.Took;
import dev.tiphys.gateway.ledger.LedgerEntry.Way;
import dev.tiphys.gateway.ledger.SecretUse;
import dev.tiphys.gateway.ledger.VerdictWord;
import dev.tiphys.gateway.limit.Admission;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes a delivery from its bytes to its answer: judges it, has its events written, and remembers it. Never blocks.
 * Thread-safe.
 */
public final class Reception {
    private final Intake intake;
    private final Admission admission;
    private final DeliveryLedger ledger;
    private final Invitations invitations;
    private final SecretUse use;
    private final LongSupplier nanos;

    /** What it works with. */
    public record Means(
            Intake intake, Admission admission, DeliveryLedger ledger, Invitations invitations, SecretUse use) {}

    /** @param nanos a clock that only goes forward, in nanoseconds */
    public Reception(Means means, LongSupplier nanos) {
        this.intake = means.intake();
        this.admission = means.admission();
        this.ledger = means.ledger();
        this.invitations = means.invitations();
        this.use = means.use();
        this.nanos = nanos;
    }

    /**
     * A delivery that is there to its last byte.
     *
     * @param sender the address that it came from
     * @param receiving how long its bytes took
     * @param traceparent the span of its reception; null if there are no spans, and the sender's own trace is carried on
     */
    public record Whole(
            Endpoint endpoint,
            long definitionsOffset,
            Delivery delivery,
            String sender,
            Duration receiving,
            @Nullable String traceparent) {}

    /**
     * {@return what the sender is told}
     *
     * @param keys see {@link DeliveryRules#judge}
     */
    public CompletionStage<Received> receive(Whole whole, List<byte[]> keys) {
        long begin = nanos.getAsLong();
        Verdict verdict = DeliveryRules.judge(whole.endpoint(), keys, whole.definitionsOffset(), whole.delivery());
        Note note = new Note(whole, Duration.ofNanos(nanos.getAsLong() - begin));
        secretOf(verdict)
                .ifPresent(secret -> use.used(
                        whole.endpoint().name(), secret, whole.delivery().receivedAt()));
        return switch (verdict) {
            case Verdict.Accepted accepted -> accepted(note, accepted);
            case Verdict.Irrelevant(var reason, var secret) -> {
                ledger.record(note.entry(VerdictWord.IRRELEVANT, reason, secret, note.payload()));
                yield done(new Received.Irrelevant(reason));
            }
            case Verdict.Challenged(var answer, var secret) -> {
                ledger.record(note.entry(VerdictWord.CHALLENGED, null, secret, null));
                yield done(new Received.Challenged(answer));
            }
            case Verdict.Invited(var accept, var secret) ->
                CompletableFuture.supplyAsync(
                        () -> invited(note, accept, secret),
                        // It asks another server, and this may be an event loop.
                        task -> Thread.ofVirtual().name("invitation").start(task));
            case Verdict.Rejected(var refusal, var reason) -> {
                boolean unverified = refusal == Refusal.UNVERIFIED;
                if (unverified) {
                    admission.unverified(whole.endpoint().name(), whole.sender());
                }
                ledger.record(note.entry(VerdictWord.of(verdict), reason, null, unverified ? null : note.payload()));
                yield done(new Received.Rejected(refusal, reason));
            }
        };
    }

    private Received invited(Note note, URI accept, int secret) {
        boolean isAccepted = invitations.accept(note.whole.endpoint().name(), accept);
        ledger.record(note.entry(VerdictWord.INVITED, isAccepted ? null : "it could not be accepted", secret, null));
        return isAccepted ? new Received.Irrelevant("the invitation is accepted") : new Received.Unavailable();
    }

    private static OptionalInt secretOf(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Accepted accepted -> OptionalInt.of(accepted.secret());
            case Verdict.Irrelevant irrelevant -> OptionalInt.of(irrelevant.secret());
            case Verdict.Challenged challenged -> OptionalInt.of(challenged.secret());
            case Verdict.Invited invited -> OptionalInt.of(invited.secret());
            case Verdict.Rejected _ -> OptionalInt.empty();
        };
    }

    private CompletionStage<Received> accepted(Note note, Verdict.Accepted accepted) {
        Endpoint endpoint = note.whole.endpoint();
        if (admission.verified(endpoint.name(), endpoint.limits()) instanceof Admission.Answer.Limited limited) {
            ledger.record(note.entry(VerdictWord.LIMITED, limited.why(), accepted.secret(), null));
            return done(new Received.Limited(limited.why(), limited.retryAfter()));
        }
        Arrival arrival = new Arrival(outgoing(note.whole.delivery(), accepted)).below(note.whole.traceparent());
        long begin = nanos.getAsLong();
        CompletableFuture<Received> answer = new CompletableFuture<>();
        // The answer tells; nothing is left to hear.
        var _ = intake.take(arrival).whenComplete((taken, failure) -> {
            Duration publishing = Duration.ofNanos(nanos.getAsLong() - begin);
            Received received = failure == null
                    ? new Received.Accepted(arrival.key(), taken instanceof Taken.Duplicate)
                    : failed(failure);
            ledger.record(note.published(accepted, taken, received, publishing));
            answer.complete(received);
        });
        return answer;
    }

    private static List<Outgoing> outgoing(Delivery delivery, Verdict.Accepted accepted) {
        List<Outgoing> outgoing = new ArrayList<>();
        for (CloudEvent<ExternalEvent> event : accepted.events()) {
            outgoing.add(new Outgoing(
                    event.data().endpoint(),
                    event,
                    accepted.untouched() && isUtf8(delivery.body()) ? delivery.body() : null));
        }
        return outgoing;
    }

    /** JSON begins with a sign of ASCII: with zeros beside it the text is UTF-16 or UTF-32, and a mark is none of it. */
    private static boolean isUtf8(byte[] json) {
        return json.length > 1 && json[0] > 0 && json[1] != 0;
    }

    private static Received failed(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof Intake.TooLarge ? new Received.TooLarge() : new Received.Unavailable();
    }

    private static CompletionStage<Received> done(Received received) {
        return CompletableFuture.completedFuture(received);
    }

    /** What is known of a delivery while it is under way. */
    private record Note(Whole whole, Duration judging) {

        /** {@return what it held; null if that must not be kept} */
        @Nullable
        Payload payload() {
            Delivery delivery = whole.delivery();
            return whole.endpoint().mapper().whole() == Mapper.Whole.NOWHERE
                    ? null
                    : new Payload(
                            PublicHeaders.of(whole.endpoint().verifier(), delivery),
                            whole.endpoint().mapper().harmless(delivery.body()));
        }

        /** {@return what it held, if that cannot be told from its event} What comes without a body is all in its address. */
        private @Nullable Payload beside(Verdict.Accepted accepted) {
            boolean inItsEvent = whole.endpoint().mapper().whole() == Mapper.Whole.IN_ITS_EVENT
                    && accepted.events().size() == 1;
            return inItsEvent || whole.delivery().body().length == 0 ? null : payload();
        }

        /** What became no event; its id is told if it stands in a header, so that a lost one is known to have come. */
        LedgerEntry entry(
                VerdictWord verdict, @Nullable String reason, @Nullable Integer secret, @Nullable Payload payload) {
            Delivery delivery = whole.delivery();
            boolean genuine = secret != null || verdict.isGenuine();
            return new LedgerEntry(
                    delivery.receivedAt(),
                    whole.endpoint().name(),
                    Way.HOOK,
                    verdict.word(),
                    reason,
                    genuine
                            ? whole.endpoint()
                                    .mapper()
                                    .delivery(delivery, MissingNode.getInstance())
                                    .orElse(null)
                            : null,
                    null,
                    List.of(),
                    null,
                    secret,
                    delivery.body().length,
                    new Took(whole.receiving(), judging, Duration.ZERO),
                    null,
                    payload);
        }

        LedgerEntry published(
                Verdict.Accepted accepted, @Nullable Taken taken, Received received, Duration publishing) {
            Delivery delivery = whole.delivery();
            boolean there = received instanceof Received.Accepted;
            return new LedgerEntry(
                    delivery.receivedAt(),
                    whole.endpoint().name(),
                    Way.HOOK,
                    word(taken, received).word(),
                    there ? null : "the broker did not take it",
                    accepted.deliveryId(),
                    accepted.events().getFirst().data().type(),
                    accepted.events().stream().map(CloudEvent::id).toList(),
                    taken instanceof Taken.Published(List<Taken.Position> positions)
                            ? new Place(
                                    positions.getFirst().partition(),
                                    positions.getFirst().offset())
                            : null,
                    accepted.secret(),
                    delivery.body().length,
                    new Took(whole.receiving(), judging, publishing),
                    null,
                    there && taken instanceof Taken.Published ? beside(accepted) : null);
        }

        private static VerdictWord word(@Nullable Taken taken, Received received) {
            if (taken instanceof Taken.Duplicate) {
                return VerdictWord.DUPLICATE;
            }
            if (received instanceof Received.Accepted) {
                return VerdictWord.ACCEPTED;
            }
            return received instanceof Received.TooLarge ? VerdictWord.TOO_LARGE : VerdictWord.UNAVAILABLE;
        }
    }
}
