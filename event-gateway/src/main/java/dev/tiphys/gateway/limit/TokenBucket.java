package dev.tiphys.gateway.limit;

/**
 * A token bucket: full at first, it fills at a rate, and each unit that is let in takes a token. Not thread-safe.
 *
 * <p>The level is worked out from the time that passed whenever it is asked for; no timer fills it.
 */
final class TokenBucket {
    private static final double NANOS = 1e9;

    private double rate;
    private double capacity;
    private double level;
    private long at;

    /**
     * @param rate tokens a second
     * @param burst how many there may be at once
     * @param now nanoseconds of a clock that only goes forward
     */
    TokenBucket(double rate, double burst, long now) {
        this.rate = rate;
        this.capacity = burst;
        this.level = burst;
        this.at = now;
    }

    /** Goes on with another rate and burst; what is in it above the new burst is lost. */
    void become(double newRate, double newBurst, long now) {
        fill(now);
        rate = newRate;
        capacity = newBurst;
        level = Math.min(level, capacity);
    }

    boolean has(long now) {
        fill(now);
        return level >= 1;
    }

    boolean isFull(long now) {
        fill(now);
        return level >= capacity;
    }

    boolean take(long now) {
        if (!has(now)) {
            return false;
        }
        level -= 1;
        return true;
    }

    /** {@return after how many seconds there is a token again; at least one} */
    int secondsUntilNext(long now) {
        fill(now);
        return rate <= 0 ? 60 : (int) Math.clamp(Math.ceil((1 - level) / rate), 1, 60);
    }

    private void fill(long now) {
        if (now > at) {
            level = Math.min(capacity, level + (now - at) / NANOS * rate);
            at = now;
        }
    }
}
