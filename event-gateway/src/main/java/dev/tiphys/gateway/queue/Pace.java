package dev.tiphys.gateway.queue;

import java.time.Duration;

/**
 * How long until something is tried again: doubled each time, up to a longest.
 *
 * @param first after the first failure
 */
public record Pace(Duration first, Duration longest) {
    private static final int MOST_DOUBLINGS = 30;

    public Pace {
        if (first.isNegative() || first.isZero() || longest.compareTo(first) < 0) {
            throw new IllegalArgumentException("a pace begins above zero and does not shrink");
        }
    }

    /** {@return how long to wait after so many failures, at least 1} */
    public Duration after(int failures) {
        int doublings = Math.clamp(failures - 1, 0, MOST_DOUBLINGS);
        Duration wait = first.multipliedBy(1L << doublings);
        return wait.compareTo(longest) > 0 ? longest : wait;
    }
}
