package dev.tiphys.gateway.intake;

import dev.tiphys.gateway.intake.Taken.Duplicate;
import dev.tiphys.gateway.intake.Taken.Position;
import dev.tiphys.gateway.intake.Taken.Published;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Publishes each arrival once: what this process published is remembered, what another one did is known from the ledger, a
 * twin of what is under way shares its outcome, and what failed may be tried again. The ledger may be away: then only this
 * process' memory counts. Bounded in what it remembers and in what is under way. Thread-safe.
 */
public final class Outbox implements Intake {
    private final Publisher publisher;
    private final KnownArrivals known;
    private final Bounds bounds;
    private final LongSupplier nanos;
    private final Map<String, UnderWay> underWay = new LinkedHashMap<>();
    private final Map<String, Boolean> published;

    /** Writes events to the log. */
    @FunctionalInterface
    public interface Publisher extends Function<List<Arrival.Outgoing>, CompletionStage<List<Position>>> {}

    /**
     * How much of everything.
     *
     * @param maxUnderWay how many may wait for the broker
     * @param remembered how many published arrivals this process remembers
     * @param ledgerPatience how long the ledger is waited for
     * @param stall when one has waited so long for the broker, no other is let in until it is heard of: whoever sends is
     *     told at once, and not when the broker's time is up
     */
    public record Bounds(int maxUnderWay, int remembered, Duration ledgerPatience, Duration stall) {}

    private record UnderWay(CompletableFuture<Taken> outcome, long since) {}

    /** @param nanos a clock that only goes forward, in nanoseconds */
    public Outbox(Publisher publisher, KnownArrivals known, Bounds bounds, LongSupplier nanos) {
        this.publisher = publisher;
        this.known = known;
        this.bounds = bounds;
        this.nanos = nanos;
        this.published = new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                return size() > bounds.remembered();
            }
        };
    }

    @Override
    public CompletionStage<Taken> take(Arrival arrival) {
        String key = arrival.key();
        CompletableFuture<Taken> outcome = new CompletableFuture<>();
        synchronized (this) {
            if (published.containsKey(key)) {
                return CompletableFuture.completedFuture(new Duplicate());
            }
            UnderWay twin = underWay.get(key);
            if (twin != null) {
                return twin.outcome().thenApply(_ -> new Duplicate());
            }
            long now = nanos.getAsLong();
            if (underWay.size() >= bounds.maxUnderWay() || isStalled(now)) {
                return CompletableFuture.failedFuture(new Busy(underWay.size()));
            }
            underWay.put(key, new UnderWay(outcome, now));
        }
        // The outcome tells; nothing is left to hear.
        var _ = isKnown(key)
                .thenCompose(before -> before ? CompletableFuture.completedFuture(new Duplicate()) : publish(arrival))
                .whenComplete((taken, failure) -> end(key, outcome, taken, failure));
        return outcome;
    }

    /** {@return how many wait for the broker now} */
    public synchronized int underWay() {
        return underWay.size();
    }

    private boolean isStalled(long now) {
        return !underWay.isEmpty()
                && now - underWay.values().iterator().next().since()
                        > bounds.stall().toNanos();
    }

    /** A ledger that does not answer must not keep anybody out: readers drop what comes twice. */
    private CompletableFuture<Boolean> isKnown(String key) {
        CompletableFuture<Boolean> answer;
        try {
            answer = known.contains(key).toCompletableFuture();
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(false);
        }
        if (answer.isDone()) {
            return answer.exceptionally(_ -> false);
        }
        return answer.copy()
                .completeOnTimeout(false, bounds.ledgerPatience().toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(_ -> false);
    }

    private CompletionStage<Taken> publish(Arrival arrival) {
        try {
            return publisher.apply(arrival.events()).thenApply(Published::new);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void end(String key, CompletableFuture<Taken> outcome, @Nullable Taken taken, @Nullable Throwable failure) {
        synchronized (this) {
            underWay.remove(key);
            if (failure == null) {
                published.put(key, true);
            }
        }
        if (taken != null) {
            outcome.complete(taken);
        } else {
            outcome.completeExceptionally(failure == null ? new IllegalStateException("no outcome") : failure);
        }
    }
}
