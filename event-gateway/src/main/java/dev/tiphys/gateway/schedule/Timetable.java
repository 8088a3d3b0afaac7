package dev.tiphys.gateway.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The times of a schedule, without beginning. Immutable. */
sealed interface Timetable permits CronTimes, Timetable.Every {

    /** {@return the first time after {@code moment}; empty if there is none any more} */
    Optional<Instant> after(Instant moment);

    /**
     * The multiples of an interval since 1970-01-01T00:00:00Z: every process and every restart has the same.
     *
     * @param interval in whole seconds, at least one
     */
    record Every(Duration interval) implements Timetable {
        public Every {
            if (interval.compareTo(Duration.ofSeconds(1)) < 0) {
                throw new IllegalArgumentException("an interval has at least one second, not " + interval);
            }
            interval = Duration.ofSeconds(interval.toSeconds());
        }

        @Override
        public Optional<Instant> after(Instant moment) {
            long seconds = interval.toSeconds();
            return Optional.of(Instant.ofEpochSecond((Math.floorDiv(moment.getEpochSecond(), seconds) + 1) * seconds));
        }
    }
}
