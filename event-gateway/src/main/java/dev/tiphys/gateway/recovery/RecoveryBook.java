package dev.tiphys.gateway.recovery;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What all processes together know about lost deliveries. Blocking; every call may throw {@code LedgerUnavailable}.
 * Thread-safe.
 */
public interface RecoveryBook {

    /**
     * Takes a repository for a round, if it is due and nobody else has it.
     *
     * @param holder the process
     * @param evenIfNotDue whether it is taken before its next round; never before the server allows it
     * @return when its list was last read to its end, in an own optional; empty if it is not taken
     */
    Optional<Optional<Instant>> take(
            String repository, String holder, Duration lease, Instant now, boolean evenIfNotDue);

    /** Gives a repository back with what came of the round. */
    void giveBack(String repository, String holder, RoundEnd end);

    /** {@return what is remembered of a repository's lost deliveries, by id} */
    Map<String, LostDelivery> lost(String repository);

    /** Remembers how it stands with lost deliveries. */
    void remember(String repository, Collection<LostDelivery> lost);

    /** {@return those of the deliveries that the ledger has: they arrived, whatever they came to} */
    Set<String> arrived(String endpoint, Collection<String> deliveries);

    /** Marks deliveries in the ledger as recovered. */
    void mark(String endpoint, Collection<String> deliveries);

    /** {@return how it stands with all repositories} */
    List<Standing> standings();

    /**
     * What came of a round.
     *
     * @param next when the next one is due
     * @param notBefore before when the server must not be asked
     * @param lookedAt when its list was read to its end; null if it was not
     * @param error what went wrong; null if nothing
     */
    record RoundEnd(
            Instant next,
            Instant notBefore,
            @Nullable Instant lookedAt,
            @Nullable String error) {}

    /**
     * How it stands with a repository.
     *
     * @param lookedAt when the server's list was last read to its end; null if it never was
     * @param lost what did not arrive at first, newest first
     */
    record Standing(
            String repository,
            @Nullable Instant lookedAt,
            Instant next,
            @Nullable String error,
            List<LostDelivery> lost) {
        public Standing {
            lost = List.copyOf(lost);
        }
    }
}
