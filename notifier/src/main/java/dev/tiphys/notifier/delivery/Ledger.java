package dev.tiphys.notifier.delivery;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what is to be said, what was said and what was not, and why. Every method is one transaction; each of them may
 * throw {@link LedgerUnavailable}: nothing was changed, try again later. Thread-safe, and shared by several processes.
 */
public interface Ledger {

    /** Lets {@code planner} decide with the run locked, and writes what it decided. */
    void plan(String run, Function<Standing, Plan> planner);

    /**
     * Makes sendings that nobody ended within their lease to planned entries in grave doubt: the process that began them is
     * no more.
     */
    void reclaim(Instant now);

    /**
     * Does the same with sendings that a former process of this instance began, without waiting for their lease: an instance
     * is one process at a time. Called once, before this process sends anything.
     */
    void reclaimOwn(Instant now);

    /** {@return the lanes in which something is planned} */
    List<Lane> lanes();

    /**
     * {@return the oldest planned entries of a lane, oldest first} Those of a run of which something is being sent right now
     * are left out.
     */
    List<Candidate> candidates(Lane lane, int limit);

    /**
     * Writes down the intent to send an entry, so that a crash leaves a trace.
     *
     * @return the entry as it is ours now; empty if somebody else changed it since it was read
     */
    Optional<Entry> claim(Entry entry, Instant leaseUntil);

    /** Writes down what became of an entry. Without effect if somebody else changed it since it was read or claimed. */
    void settle(Entry entry, Settlement settlement, Instant now);

    /** {@return the id of a channel of which a message told it; null if none did} */
    @Nullable
    String channelId(Lane lane);

    /** {@return the oldest outcomes that readers of the deliveries have not heard of} */
    List<Outcome> untold(int limit);

    /** Forgets outcomes that were told. */
    void told(List<Outcome> outcomes);

    /** Forgets runs, and what was said of them, if nothing happened to them since {@code before}. */
    int forget(Instant before);
}
