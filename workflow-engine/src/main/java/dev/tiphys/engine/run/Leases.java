package dev.tiphys.engine.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Leased work in the store. A lease is named by its run, step, attempt and number; whoever holds an older number changes
 * nothing. Methods throw {@link RunsUnavailable} if the store is away: try again while the lease lasts.
 */
public interface Leases {

    /** Names a lease. */
    record Lease(String run, String step, int attempt, long number) {}

    /** Work with its lease; {@code progress} is what an earlier lease remembered, null if nothing. */
    record Leased(
            Lease lease,
            String pipeline,
            String kind,
            JsonNode action,
            @Nullable JsonNode progress,
            Instant deadline,
            @Nullable String cancelled) {}

    /** A lease that is still held, and why its work is to end; null if it is to go on. */
    record Held(Lease lease, @Nullable String cancelled) {}

    /** Lets the leases of an instance's earlier lives run out now. */
    void endThoseOfEarlierLives(Incarnation incarnation);

    /** Lets the leases of this life run out now: the service stops. */
    void release(Incarnation incarnation);

    /** {@return work whose lease ran out, leased anew} */
    List<Leased> takeOver(Incarnation incarnation, int limit);

    /**
     * Prolongs leases of this life. One that is not named runs out, and somebody takes the work over: nobody works on it.
     *
     * @return those that are held
     */
    List<Held> prolong(Incarnation incarnation, Collection<Lease> open);

    /** Remembers progress. {@return whether the lease is held} */
    boolean save(Lease lease, JsonNode progress);

    /** Appends to the log of the step. {@return whether the lease is held} */
    boolean append(Lease lease, String text);
}
