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
     * @return what was read of its list until now; empty if it is not taken
     */
    Optional<Looked> take(String repository, String holder, Duration lease, Instant now, boolean evenIfNotDue);

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
     * What was read of a repository's list.
     *
     * @param at when its newest part was last read; null if it never was
     * @param unread what is left; null if nothing is
     */
    record Looked(@Nullable Instant at, @Nullable Unread unread) {}

    /**
     * What came of a round.
     *
     * @param next when the next one is due
     * @param notBefore before when the server must not be asked
     * @param looked what was read of its list by now; null if that is what it was before
     * @param error what went wrong; null if nothing
     */
    record RoundEnd(
            Instant next,
            Instant notBefore,
            @Nullable Looked looked,
            @Nullable String error) {}

    /**
     * How it stands with a repository.
     *
     * @param lookedAt when the newest part of the server's list was last read; null if it never was
     * @param readBackTo how far back it was read; null if it was read as far back as it is to be
     * @param lost what did not arrive at first, newest first
     */
    record Standing(
            String repository,
            @Nullable Instant lookedAt,
            @Nullable Instant readBackTo,
            Instant next,
            @Nullable String error,
            List<LostDelivery> lost) {
        public Standing {
            lost = List.copyOf(lost);
        }
    }
}
