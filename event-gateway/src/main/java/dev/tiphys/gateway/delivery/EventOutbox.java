package dev.tiphys.gateway.delivery;

import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.event.ExternalEvent;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Publishes each event once, as far as this process remembers: a redelivery of what the broker has is answered without
 * publishing it again, one of what is under way waits for the same outcome, and one of what failed tries again. Readers
 * deduplicate by (source, id) for the rest. Bounded in what it remembers and in what is under way. Thread-safe.
 */
public final class EventOutbox {
    private final Function<CloudEvent<ExternalEvent>, CompletionStage<Void>> publisher;
    private final int maxUnderWay;
    private final Map<String, CompletableFuture<Void>> underWay = new LinkedHashMap<>();
    private final Map<String, Boolean> published;

    /**
     * @param publisher completes when the broker has the event, or fails if that is not known
     * @param maxUnderWay how many may wait for the broker
     * @param remembered how many published ids are remembered
     */
    public EventOutbox(
            Function<CloudEvent<ExternalEvent>, CompletionStage<Void>> publisher, int maxUnderWay, int remembered) {
        this.publisher = publisher;
        this.maxUnderWay = maxUnderWay;
        this.published = new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                return size() > remembered;
            }
        };
    }

    /** Too much waits for the broker: try again in a moment. */
    public static final class Full extends RuntimeException {
        Full(int underWay) {
            super(underWay + " events wait for the broker");
        }
    }

    /**
     * {@return a stage that completes when the broker has the event}
     *
     * <p>It fails with {@link Full}, or as the publisher does; then nothing is known to be written, and the sender is told
     * to try again.
     */
    public CompletionStage<Void> publish(CloudEvent<ExternalEvent> event) {
        String key = event.source() + " " + event.id();
        CompletableFuture<Void> outcome = new CompletableFuture<>();
        synchronized (this) {
            if (published.containsKey(key)) {
                return CompletableFuture.completedFuture(null);
            }
            CompletableFuture<Void> twin = underWay.get(key);
            if (twin != null) {
                return twin;
            }
            if (underWay.size() >= maxUnderWay) {
                return CompletableFuture.failedFuture(new Full(underWay.size()));
            }
            underWay.put(key, outcome);
        }
        start(event).whenComplete((done, failure) -> end(key, outcome, failure));
        return outcome;
    }

    private CompletionStage<Void> start(CloudEvent<ExternalEvent> event) {
        try {
            return publisher.apply(event);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void end(String key, CompletableFuture<Void> outcome, @Nullable Throwable failure) {
        synchronized (this) {
            underWay.remove(key);
            if (failure == null) {
                published.put(key, true);
            }
        }
        if (failure == null) {
            outcome.complete(null);
        } else {
            outcome.completeExceptionally(failure);
        }
    }
}
