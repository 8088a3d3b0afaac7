package dev.tiphys.engine.run;

import java.time.Instant;
import java.util.List;

/** The timers in the store, of whatever instance. */
public interface DueTimers {

    /** A timer: the input that the run is given at a moment. */
    record Due(String run, String key, Instant at, RunInput input) {}

    /**
     * {@return timers that are due before a moment, the most overdue first, not necessarily all of them}
     *
     * @throws RunsUnavailable if the store is away: ask again later
     */
    List<Due> dueBefore(Instant moment);
}
