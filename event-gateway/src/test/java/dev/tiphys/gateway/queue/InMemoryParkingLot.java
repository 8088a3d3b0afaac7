package dev.tiphys.gateway.queue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Parked messages in a list; it can be away. */
public final class InMemoryParkingLot implements ParkingLot {
    private final List<Parked> all = new ArrayList<>();
    private boolean away;

    public synchronized void away(boolean isAway) {
        away = isAway;
    }

    @Override
    public synchronized Parked park(String queue, QueueMessage message, String reason, Instant at) {
        if (away) {
            throw new Unavailable("the database is away", new IllegalStateException());
        }
        Optional<Parked> before = all.stream()
                .filter(one -> one.queue().equals(queue) && one.message().id().equals(message.id()))
                .findFirst();
        if (before.isPresent()) {
            return before.get();
        }
        Parked parked = new Parked(all.size() + 1, queue, message, reason, at, null);
        all.add(parked);
        return parked;
    }

    @Override
    public synchronized List<Parked.Listed> list(@Nullable String queue, @Nullable Long below, int limit) {
        return all.stream()
                .filter(one -> one.redriven() == null
                        && (queue == null || queue.equals(one.queue()))
                        && (below == null || one.id() < below))
                .sorted(Comparator.comparing(Parked::id).reversed())
                .limit(limit)
                .map(Parked::listed)
                .toList();
    }

    @Override
    public synchronized Map<String, Long> counts() {
        return all.stream()
                .filter(one -> one.redriven() == null)
                .collect(Collectors.groupingBy(Parked::queue, Collectors.counting()));
    }

    @Override
    public synchronized Optional<Parked> find(long id) {
        return all.stream().filter(one -> one.id() == id).findFirst();
    }

    @Override
    public synchronized boolean redriven(long id, Parked.Redriven how) {
        return replace(
                id,
                one -> one.redriven() != null
                        ? null
                        : new Parked(one.id(), one.queue(), one.message(), one.reason(), one.parkedAt(), how));
    }

    @Override
    public synchronized void stays(long id, String reason) {
        replace(id, one -> new Parked(one.id(), one.queue(), one.message(), reason, one.parkedAt(), one.redriven()));
    }

    @Override
    public synchronized boolean discard(long id) {
        return all.removeIf(one -> one.id() == id);
    }

    private boolean replace(long id, java.util.function.Function<Parked, @Nullable Parked> by) {
        for (int i = 0; i < all.size(); i++) {
            Parked next = all.get(i).id() == id ? by.apply(all.get(i)) : null;
            if (next != null) {
                all.set(i, next);
                return true;
            }
        }
        return false;
    }
}
