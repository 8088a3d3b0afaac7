package dev.tiphys.gateway.intake;

import dev.tiphys.gateway.intake.Taken.Duplicate;
import dev.tiphys.gateway.intake.Taken.Position;
import dev.tiphys.gateway.intake.Taken.Published;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
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
    private final Map<String, CompletableFuture<Taken>> underWay = new HashMap<>();
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
     */
    public record Bounds(int maxUnderWay, int remembered, Duration ledgerPatience) {}

    public Outbox(Publisher publisher, KnownArrivals known, Bounds bounds) {
        this.publisher = publisher;
        this.known = known;
        this.bounds = bounds;
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
            CompletableFuture<Taken> twin = underWay.get(key);
            if (twin != null) {
                return twin.thenApply(_ -> new Duplicate());
            }
            if (underWay.size() >= bounds.maxUnderWay()) {
                return CompletableFuture.failedFuture(new Busy(underWay.size()));
            }
            underWay.put(key, outcome);
        }
        // The outcome tells; nothing is left to hear.
        var _ = isKnown(key)
                .thenCompose(before -> before ? CompletableFuture.completedFuture(new Duplicate()) : publish(arrival))
                .whenComplete((taken, failure) -> end(key, outcome, taken, failure));
        return outcome;
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
