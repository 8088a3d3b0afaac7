package dev.tiphys.gateway.schedule;

import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Remembers for all processes together how far each schedule is. Blocking, thread-safe, durable when a method returns. */
public interface Marks {

    /**
     * How far a schedule is.
     *
     * @param handled up to here every tick was fired, or was decided not to be
     * @param lastTick the last one that was fired; null if none was
     */
    record Mark(Instant handled, @Nullable Instant lastTick) {}

    /**
     * Begins with schedules that are new, and forgets those that are in no definition any more.
     *
     * @param firstSeen from when on they count, by key; it is kept of those that are known
     * @param version of the definitions: what a newer one had is not forgotten
     * @throws MarksUnavailable if nothing was done; try again later
     */
    void keep(Map<String, Instant> firstSeen, long version);

    /**
     * {@return how far every schedule is, by key}
     *
     * @throws MarksUnavailable if that cannot be told now
     */
    Map<String, Mark> all();

    /**
     * Lets one process at a time work on schedules.
     *
     * @param work is given those that nobody else works on, and gives how far they are then; what it throws, or the end of
     *     the process, leaves all as it was
     * @return what {@code work} gave
     * @throws MarksUnavailable if it is not known to be remembered
     */
    Map<String, Mark> take(Collection<String> keys, UnaryOperator<Map<String, Mark>> work);

    /** The marks cannot be reached. */
    final class MarksUnavailable extends RuntimeException {
        public MarksUnavailable(String what, Throwable cause) {
            super(what, cause);
        }
    }
}
