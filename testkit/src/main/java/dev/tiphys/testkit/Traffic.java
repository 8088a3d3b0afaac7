package dev.tiphys.testkit;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The requests of a server by kind: how many came, and which are to go wrong. Faults of one kind are met in the order
 * in which they were asked for.
 *
 * @param <K> the kind of a request
 */
public final class Traffic<K> {
    private final Map<K, Integer> counts = new HashMap<>();
    private final Map<K, Deque<Fault>> next = new HashMap<>();
    private final Map<K, Fault> lasting = new HashMap<>();

    Traffic() {}

    /** How many requests of a kind came in, whatever became of them. */
    public synchronized int count(K kind) {
        return counts.getOrDefault(kind, 0);
    }

    /** Lets the next {@code times} requests of a kind go wrong. */
    public synchronized void fail(K kind, int times, Fault fault) {
        Deque<Fault> queue = next.computeIfAbsent(kind, _ -> new ArrayDeque<>());
        for (int i = 0; i < times; i++) {
            queue.add(fault);
        }
    }

    /** Lets each request of a kind go wrong until {@link #heal}. */
    public synchronized void failAll(K kind, Fault fault) {
        lasting.put(kind, fault);
    }

    /** Forgets all faults; counts stay. */
    public synchronized void heal() {
        next.clear();
        lasting.clear();
    }

    /** Counts a request and says what is to go wrong with it. */
    synchronized Optional<Fault> meet(K kind) {
        counts.merge(kind, 1, Integer::sum);
        Deque<Fault> queue = next.get(kind);
        if (queue != null && !queue.isEmpty()) {
            return Optional.of(queue.remove());
        }
        return Optional.ofNullable(lasting.get(kind));
    }
}
