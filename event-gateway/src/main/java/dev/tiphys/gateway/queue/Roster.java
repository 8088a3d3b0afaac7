package dev.tiphys.gateway.queue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which queues are read now. It follows the definitions: what is new begins, what is gone ends, what changed ends and begins
 * again, and the others stay. Following never waits; the readers of one name follow each other in order. Thread-safe.
 */
public final class Roster {
    private final Function<Subscription, Reader> start;
    private final Executor executor;
    private final Map<String, Place> places = new HashMap<>();
    private boolean closed;

    /** Reads a queue until it is closed. Its start does not wait for the queue. */
    public interface Reader extends AutoCloseable {
        /** Ends the reading; what is under way is given back. */
        @Override
        void close();
    }

    /** @param reader the reader, after all those before it have ended; null if the place is empty */
    private record Place(@Nullable Subscription queue, CompletableFuture<@Nullable Reader> reader) {}

    public Roster(Function<Subscription, Reader> start, Executor executor) {
        this.start = start;
        this.executor = executor;
    }

    /** Reads exactly these from now on. */
    public synchronized void follow(List<Subscription> wanted) {
        if (!closed) {
            change(wanted);
        }
    }

    private void change(List<Subscription> wanted) {
        Map<String, Subscription> next = new HashMap<>();
        wanted.forEach(queue -> next.put(queue.name(), queue));
        for (Subscription queue : next.values()) {
            Place place = places.get(queue.name());
            if (place == null || !queue.equals(place.queue())) {
                replace(queue.name(), queue);
            }
        }
        List.copyOf(places.entrySet()).stream()
                .filter(place ->
                        !next.containsKey(place.getKey()) && place.getValue().queue() != null)
                .forEach(place -> replace(place.getKey(), null));
    }

    private void replace(String name, @Nullable Subscription queue) {
        Place before = places.get(name);
        CompletableFuture<@Nullable Reader> earlier =
                before == null ? CompletableFuture.completedFuture(null) : before.reader();
        CompletableFuture<@Nullable Reader> reader = earlier.handleAsync(
                (ended, _) -> {
                    if (ended != null) {
                        ended.close();
                    }
                    return queue == null ? null : start.apply(queue);
                },
                executor);
        places.put(name, new Place(queue, reader));
    }

    /** Ends all reading for good; returns when it has ended. */
    public void close() {
        List<CompletableFuture<@Nullable Reader>> all;
        synchronized (this) {
            change(List.of());
            closed = true;
            all = places.values().stream().map(Place::reader).toList();
        }
        all.forEach(reader -> reader.exceptionally(_ -> null).join());
    }
}
