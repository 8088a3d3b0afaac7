package dev.tiphys.gateway.queue;

import dev.tiphys.contracts.definition.Queue;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** How the reading of every queue goes. Thread-safe. */
public final class QueueWatches {
    private final Map<String, QueueWatch> byName = new ConcurrentHashMap<>();
    private final Supplier<Instant> now;
    private final Consumer<List<QueueWatch>> changed;

    /** @param changed hears of all watches whenever one begins or ends */
    public QueueWatches(Supplier<Instant> now, Consumer<List<QueueWatch>> changed) {
        this.now = now;
        this.changed = changed;
    }

    /** {@return a new watch over a queue, in place of any before} */
    public QueueWatch over(Subscription queue) {
        String transport = switch (queue.transport()) {
            case Queue.Transport.Sqs _ -> "sqs";
            case Queue.Transport.Kafka _ -> "kafka";
        };
        QueueWatch watch = new QueueWatch(queue.name(), transport, now);
        byName.put(queue.name(), watch);
        tell();
        return watch;
    }

    /** The queue is no longer read. */
    public void ended(String queue, QueueWatch watch) {
        byName.remove(queue, watch);
        tell();
    }

    private synchronized void tell() {
        changed.accept(List.copyOf(byName.values()));
    }

    /** {@return how it goes with each, by name} */
    public List<QueueWatch.Status> all() {
        return byName.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> entry.getValue().status())
                .toList();
    }
}
