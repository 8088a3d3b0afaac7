package dev.tiphys.engine.work;

import java.time.Duration;

/**
 * Pauses between looks or tries that grow from {@code first} by {@code factor} up to {@code longest}.
 *
 * @param jitter the part of each pause, 0 to 1, that chance may take away: many who were cut off together do not come back
 *     together
 */
public record Pauses(Duration first, double factor, Duration longest, double jitter) {

    /**
     * {@return the pause after so many looks or failures in a row, from 1}
     *
     * @param chance from 0 to 1
     */
    public Duration after(int times, double chance) {
        double grown = first.toMillis() * Math.pow(factor, Math.min(times, 64) - 1.0);
        double pause = Math.min(grown, (double) longest.toMillis());
        return Duration.ofMillis(Math.round(pause * (1 - jitter * chance)));
    }
}
