package dev.tiphys.gateway.limit;

import java.util.HashMap;
import java.util.Map;

/**
 * Room that many share, such as bytes that are held or deliveries that are under way. Whoever has less than their share of
 * half of the room always finds more of it while there is any; beyond that the half that is left goes to whoever comes first.
 * Thread-safe.
 */
public final class FairShare {
    private final long room;
    private final Map<String, Long> held = new HashMap<>();
    private long total;

    /** @param room all there is, in whatever is shared */
    public FairShare(long room) {
        if (room < 1) {
            throw new IllegalArgumentException("there must be room for something");
        }
        this.room = room;
    }

    /** {@return whether somebody may have more; what they got they {@link #give} back} */
    public synchronized boolean take(String who, long amount) {
        long own = held.getOrDefault(who, 0L);
        int sharers = held.size() + (own == 0 ? 1 : 0);
        boolean withinShare = own + amount <= room / 2 / sharers;
        boolean free = total + amount <= room / 2;
        if (total + amount > room || !(withinShare || free)) {
            return false;
        }
        if (amount > 0) {
            held.put(who, own + amount);
            total += amount;
        }
        return true;
    }

    /** Gives back what was taken. */
    public synchronized void give(String who, long amount) {
        if (amount == 0) {
            return;
        }
        Long own = held.get(who);
        if (own == null || own < amount) {
            throw new IllegalStateException(who + " gives back " + amount + " and holds " + (own == null ? 0 : own));
        }
        if (own == amount) {
            held.remove(who);
        } else {
            held.put(who, own - amount);
        }
        total -= amount;
    }

    /** {@return how much is taken, by all} */
    public synchronized long taken() {
        return total;
    }
}
