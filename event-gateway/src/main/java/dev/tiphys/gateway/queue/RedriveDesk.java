package dev.tiphys.gateway.queue;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Shows parked messages, and sends them in again. Thread-safe. */
public final class RedriveDesk {
    private final ParkingLot lot;
    private final MessageDesk desk;
    private final Supplier<List<Subscription>> queues;
    private final Function<Throwable, Trouble> troubles;
    private final Audit audit;
    private final Supplier<Instant> now;

    /** Writes down what a person did; it completes when the broker has it. */
    @FunctionalInterface
    public interface Audit {
        CompletionStage<Void> record(String actor, String action, Parked about);
    }

    /** What became of a wish. */
    public sealed interface Answer {
        /** It is done. */
        record Done(Parked parked) implements Answer {}

        /** There is no such message. */
        record Unknown() implements Answer {}

        /** Not now: it is done already, or its queue is gone. */
        record NotNow(String reason) implements Answer {}

        /** By today's definition it still cannot become an event. */
        record StillPoison(String reason) implements Answer {}

        /** The log is away: try again. */
        record Away(String reason) implements Answer {}
    }

    public RedriveDesk(
            ParkingLot lot,
            MessageDesk desk,
            Supplier<List<Subscription>> queues,
            Function<Throwable, Trouble> troubles,
            Audit audit,
            Supplier<Instant> now) {
        this.lot = lot;
        this.desk = desk;
        this.queues = queues;
        this.troubles = troubles;
        this.audit = audit;
        this.now = now;
    }

    /** {@return as {@link ParkingLot#list}} */
    public List<Parked.Listed> list(@Nullable String queue, @Nullable Long below, int limit) {
        return lot.list(queue, below, limit);
    }

    /** {@return as {@link ParkingLot#find}} */
    public Optional<Parked> find(long id) {
        return lot.find(id);
    }

    /** Judges a parked message by today's definition and puts it onto the log. It works once. */
    public Answer redrive(long id, String actor) throws InterruptedException {
        Optional<Parked> found = lot.find(id);
        if (found.isEmpty()) {
            return new Answer.Unknown();
        }
        Parked parked = found.get();
        Parked.Redriven before = parked.redriven();
        if (before != null) {
            return again(id, before);
        }
        Optional<Subscription> queue = queues.get().stream()
                .filter(one -> one.name().equals(parked.queue()))
                .findFirst();
        if (queue.isEmpty()) {
            return new Answer.NotNow(
                    "there is no queue " + parked.queue() + " any more: define it again, or discard " + "the message");
        }
        Instant begun = now.get();
        QueueMessage message = parked.message().receivedAt(begun);
        return switch (desk.judged(queue.get(), parked.message())) {
            case Judgement.Poison(var reason) -> {
                lot.stays(id, reason);
                yield new Answer.StillPoison(reason);
            }
            case Judgement.Irrelevant(var reason) -> {
                desk.dropped(queue.get(), message, reason, begun);
                yield settled(parked, actor, null);
            }
            case Judgement.Accepted accepted -> {
                // Whoever else sends it in at the same moment comes to the same event: it is on the log once.
                Optional<Answer> failure = failure(() -> desk.published(queue.get(), message, accepted, begun));
                yield failure.isPresent()
                        ? failure.get()
                        : settled(parked, actor, accepted.arrival().key());
            }
        };
    }

    /** An action that is told twice is better than one that is not told. */
    private Answer settled(Parked parked, String actor, @Nullable String event) throws InterruptedException {
        Optional<Answer> failure = failure(() ->
                audit.record(actor, "redrive", parked).toCompletableFuture().get());
        if (failure.isPresent()) {
            return failure.get();
        }
        Parked.Redriven how = new Parked.Redriven(now.get(), actor, event);
        if (!lot.redriven(parked.id(), how)) {
            return new Answer.NotNow("parked message " + parked.id() + " was redriven or discarded meanwhile");
        }
        return new Answer.Done(
                new Parked(parked.id(), parked.queue(), parked.message(), parked.reason(), parked.parkedAt(), how));
    }

    /** Throws a parked message away. */
    public Answer discard(long id, String actor) throws InterruptedException {
        Optional<Parked> found = lot.find(id);
        if (found.isEmpty()) {
            return new Answer.Unknown();
        }
        Optional<Answer> failure = failure(() -> audit.record(actor, "discard", found.get())
                .toCompletableFuture()
                .get());
        if (failure.isPresent()) {
            return failure.get();
        }
        return lot.discard(id) ? new Answer.Done(found.get()) : new Answer.Unknown();
    }

    /** Writes to the log and waits for it. */
    @FunctionalInterface
    private interface Writing {
        @Nullable
        Object await() throws InterruptedException, ExecutionException;
    }

    private Optional<Answer> failure(Writing writing) throws InterruptedException {
        try {
            writing.await();
            return Optional.empty();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return Optional.of(
                    switch (troubles.apply(cause)) {
                        case AWAY -> new Answer.Away("the log does not take it now: " + cause.getMessage());
                        case MESSAGE -> new Answer.StillPoison(String.valueOf(cause.getMessage()));
                    });
        }
    }

    private static Answer again(long id, Parked.Redriven before) {
        return new Answer.NotNow(
                "parked message " + id + " was redriven before, at " + before.at() + " by " + before.by());
    }
}
