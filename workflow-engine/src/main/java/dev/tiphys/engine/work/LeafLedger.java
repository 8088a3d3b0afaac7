package dev.tiphys.engine.work;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.run.Wait;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a worker writes down while it works on one lease. Used by one thread. */
public interface LeafLedger {

    /**
     * Remembers progress durably before it returns; the next lease of the attempt is given it. An intent is saved before its
     * effect is made.
     *
     * @throws LeaseLost if another lease took over: stop at once, without further effects
     */
    void save(JsonNode progress) throws LeaseLost;

    /**
     * Shows what the step waits for.
     *
     * @param link a page that shows it; null if there is none
     * @throws LeaseLost if another lease took over: stop at once, without further effects
     */
    void waiting(Wait wait, @Nullable String link) throws LeaseLost;

    /**
     * Appends to the step's kept log, durably before the next {@link #save}.
     *
     * @throws LeaseLost if another lease took over: stop at once, without further effects
     */
    void log(String text) throws LeaseLost;

    /**
     * Waits, but no longer than until the step is cancelled.
     *
     * @return whether the step is cancelled or its deadline is over: end what runs outside, then answer {@link
     *     LeafOutcome.Cancelled}
     * @throws LeaseLost if another lease took over: stop at once, without further effects
     * @throws InterruptedException if the service stops: stop at once and leave the rest to the next lease
     */
    boolean cancelledWithin(Duration time) throws LeaseLost, InterruptedException;
}
