package dev.tiphys.gateway.queue;

import dev.tiphys.gateway.intake.Intake;
import dev.tiphys.gateway.intake.Taken;
import dev.tiphys.gateway.ledger.DeliveryLedger;
import dev.tiphys.gateway.ledger.LedgerEntry;
import dev.tiphys.gateway.ledger.LedgerEntry.Place;
import dev.tiphys.gateway.ledger.LedgerEntry.Took;
import dev.tiphys.gateway.ledger.LedgerEntry.Way;
import dev.tiphys.gateway.queue.Outcome.Verdict;
import dev.tiphys.gateway.trace.Span;
import dev.tiphys.gateway.trace.Tracing;
import dev.tiphys.platform.expression.Expressions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Handles messages: judged, put onto the log, and if that cannot be, parked. A message is settled only once the log has its
 * event, or the parking lot has it. Thread-safe.
 */
public final class MessageDesk {
    private final Means means;

    /**
     * What it works with.
     *
     * @param aside writes a parked message to the dead letters; completes when the broker has it
     * @param definitionsOffset the version of the present definitions
     * @param handled hears what each message came to
     * @param troubles whose fault a failure of the intake or of {@code aside} is
     */
    public record Means(
            Intake intake,
            ParkingLot lot,
            Function<Parked, CompletionStage<Void>> aside,
            DeliveryLedger ledger,
            Expressions expressions,
            LongSupplier definitionsOffset,
            Handled handled,
            Function<Throwable, Trouble> troubles,
            Tracing tracing,
            Supplier<Instant> now) {}

    /** Hears what a message came to, and how long that took. */
    @FunctionalInterface
    public interface Handled {
        void heard(Subscription queue, Outcome outcome, Duration took);
    }

    public MessageDesk(Means means) {
        this.means = means;
    }

    /**
     * Handles a message. Blocks until the broker has answered.
     *
     * @param message its {@code receives} count those that were its own fault
     */
    public Outcome handle(Subscription queue, QueueMessage message) throws InterruptedException {
        Instant begun = means.now().get();
        Span span = MessageSpans.begin(means.tracing(), queue, message);
        try {
            Outcome outcome = outcome(queue, message, begun, span.traceparent());
            MessageSpans.handled(span, outcome);
            means.handled()
                    .heard(queue, outcome, Duration.between(begun, means.now().get()));
            return outcome;
        } catch (InterruptedException | RuntimeException e) {
            span.failed(e.getClass().getName());
            throw e;
        } finally {
            span.end();
        }
    }

    private Outcome outcome(Subscription queue, QueueMessage message, Instant begun, @Nullable String traceparent)
            throws InterruptedException {
        return switch (judged(queue, message)) {
            case Judgement.Accepted accepted -> take(queue, message, accepted.below(traceparent), begun);
            case Judgement.Irrelevant(var reason) -> new Outcome.Settled(dropped(queue, message, reason, begun));
            case Judgement.Poison(var reason) -> failed(queue, message, reason, begun);
        };
    }

    /** {@return what a message comes to by a definition} A mistake in the rules is that message's trouble, nobody else's. */
    Judgement judged(Subscription queue, QueueMessage message) {
        try {
            return MessageRules.judge(
                    queue,
                    message,
                    means.expressions(),
                    means.definitionsOffset().getAsLong());
        } catch (RuntimeException e) {
            return new Judgement.Poison("it cannot be judged: " + e.getClass().getSimpleName());
        }
    }

    /** Remembers a message that is about nothing. */
    Verdict dropped(Subscription queue, QueueMessage message, String reason, Instant begun) {
        record(queue, message, Verdict.IRRELEVANT, reason, begun);
        return Verdict.IRRELEVANT;
    }

    /**
     * Puts the event of a message onto the log, and remembers it.
     *
     * @throws ExecutionException if it is not known to be there
     */
    Verdict published(Subscription queue, QueueMessage message, Judgement.Accepted accepted, Instant begun)
            throws InterruptedException, ExecutionException {
        Instant judged = means.now().get();
        Taken taken =
                means.intake().take(accepted.arrival()).toCompletableFuture().get();
        Verdict verdict = switch (taken) {
            case Taken.Published _ -> Verdict.ACCEPTED;
            case Taken.Duplicate _ -> Verdict.DUPLICATE;
        };
        Took took = new Took(
                Duration.ZERO,
                Duration.between(begun, judged),
                Duration.between(judged, means.now().get()));
        means.ledger().record(entry(queue, message, verdict, null, accepted, place(taken), took));
        return verdict;
    }

    private Outcome take(Subscription queue, QueueMessage message, Judgement.Accepted accepted, Instant begun)
            throws InterruptedException {
        try {
            return new Outcome.Settled(published(queue, message, accepted, begun));
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return switch (means.troubles().apply(cause)) {
                case AWAY -> new Outcome.Away(said(cause));
                case MESSAGE -> failed(queue, message, said(cause), begun);
            };
        }
    }

    private Outcome failed(Subscription queue, QueueMessage message, String reason, Instant begun)
            throws InterruptedException {
        if (message.receives() < queue.maxReceives()) {
            return new Outcome.Failed(reason);
        }
        try {
            Parked parked = means.lot()
                    .park(
                            queue.name(),
                            MessageRules.presentable(message),
                            reason,
                            means.now().get());
            means.aside().apply(parked).toCompletableFuture().get();
        } catch (ParkingLot.Unavailable e) {
            return new Outcome.Unparked(String.valueOf(e.getMessage()));
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            switch (means.troubles().apply(cause)) {
                case AWAY -> {
                    return new Outcome.Away(said(cause));
                }
                // It is parked, with everything that is known of it: that is what counts.
                case MESSAGE -> {}
            }
        }
        record(queue, message, Verdict.PARKED, reason, begun);
        return new Outcome.Settled(Verdict.PARKED);
    }

    private void record(Subscription queue, QueueMessage message, Verdict verdict, String reason, Instant begun) {
        Took took = new Took(Duration.ZERO, Duration.between(begun, means.now().get()), Duration.ZERO);
        means.ledger().record(entry(queue, message, verdict, reason, null, null, took));
    }

    private static LedgerEntry entry(
            Subscription queue,
            QueueMessage message,
            Verdict verdict,
            @Nullable String reason,
            Judgement.@Nullable Accepted accepted,
            @Nullable Place place,
            Took took) {
        return new LedgerEntry(
                message.receivedAt(),
                queue.name(),
                Way.QUEUE,
                verdict.name().toLowerCase(Locale.ROOT),
                reason,
                accepted == null ? message.id() : accepted.deliveryId(),
                accepted == null ? null : accepted.type(),
                accepted == null ? List.of() : List.of(accepted.arrival().key()),
                place,
                null,
                message.body().length,
                took,
                null,
                null);
    }

    private static @Nullable Place place(Taken taken) {
        return switch (taken) {
            case Taken.Published(var positions)
            when !positions.isEmpty() ->
                new Place(positions.getFirst().partition(), positions.getFirst().offset());
            case Taken.Published _, Taken.Duplicate _ -> null;
        };
    }

    private static String said(Throwable cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
