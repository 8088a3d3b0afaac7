package dev.tiphys.gateway.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Remembers when each generation of each endpoint's secret came and was last used, until somebody writes it down. Cheap
 * enough for every delivery. Thread-safe.
 */
public final class SecretUse {
    private static final long NEVER = Long.MIN_VALUE;

    private final Map<Generation, Use> uses = new ConcurrentHashMap<>();

    /**
     * A generation of an endpoint's secret.
     *
     * @param number 0 the present one, 1 the previous one
     */
    public record Generation(String endpoint, int number) {}

    /**
     * What is known of a generation.
     *
     * @param check 16 bits of a digest of its value; null if it has none
     * @param since since when the value is there, or is not
     * @param lastUsedAt null if the value was never used
     */
    public record Known(
            Generation generation,
            @Nullable Integer check,
            Instant since,
            @Nullable Instant lastUsedAt) {}

    private static final class Use {
        private final @Nullable Integer check;
        private final Instant since;
        private final AtomicLong lastUsed = new AtomicLong(NEVER);
        private volatile boolean written;

        private Use(@Nullable Integer check, Instant since) {
            this.check = check;
            this.since = since;
        }

        private boolean is(@Nullable Integer other) {
            return check == null ? other == null : check.equals(other);
        }
    }

    /**
     * Notes the values of an endpoint's secrets as they are now.
     *
     * @param values by generation; an empty one is none
     */
    public void seen(String endpoint, List<byte[]> values, Instant now) {
        for (int number = 0; number < values.size(); number++) {
            Integer check = check(endpoint, values.get(number));
            uses.compute(
                    new Generation(endpoint, number),
                    (_, use) -> use != null && use.is(check) ? use : new Use(check, now));
        }
    }

    /** Notes that a delivery was signed with a generation. */
    public void used(String endpoint, int number, Instant at) {
        Use use = uses.get(new Generation(endpoint, number));
        if (use == null) {
            return;
        }
        long moment = at.toEpochMilli();
        if (use.lastUsed.get() < moment) {
            use.lastUsed.accumulateAndGet(moment, Math::max);
            use.written = false;
        }
    }

    /** {@return what is not written down yet; it counts as written now} */
    public List<Known> unwritten() {
        List<Known> found = new ArrayList<>();
        uses.forEach((generation, use) -> {
            if (!use.written) {
                // Before it is read: a use in between is written once more.
                use.written = true;
                found.add(known(generation, use));
            }
        });
        return found;
    }

    /** Takes back that these were written. */
    public void notWritten(List<Known> known) {
        for (Known one : known) {
            Use use = uses.get(one.generation());
            if (use != null) {
                use.written = false;
            }
        }
    }

    /** {@return what is known of a generation here and, if anything, by all} */
    public Optional<Known> newest(Generation generation, Optional<Known> byAll) {
        Use use = uses.get(generation);
        if (use == null) {
            return byAll;
        }
        Known here = known(generation, use);
        return Optional.of(byAll.map(all -> newest(here, all)).orElse(here));
    }

    /** Of the same value the earliest beginning and the latest use count; of two values the one that was seen later. */
    private static Known newest(Known one, Known other) {
        if (!Objects.equals(one.check(), other.check())) {
            return one.since().isAfter(other.since()) ? one : other;
        }
        Instant since = one.since().isBefore(other.since()) ? one.since() : other.since();
        Instant first = one.lastUsedAt();
        Instant second = other.lastUsedAt();
        Instant last = first == null || (second != null && second.isAfter(first)) ? second : first;
        return new Known(one.generation(), one.check(), since, last);
    }

    /** Forgets the endpoints that are not there any more. */
    public void keepOnly(Set<String> endpoints) {
        uses.keySet().removeIf(generation -> !endpoints.contains(generation.endpoint()));
    }

    private static Known known(Generation generation, Use use) {
        long last = use.lastUsed.get();
        return new Known(generation, use.check, use.since, last == NEVER ? null : Instant.ofEpochMilli(last));
    }

    /** {@return 16 bits of a digest: enough to tell that a value is another one, too few to tell which; null for none} */
    static @Nullable Integer check(String endpoint, byte[] value) {
        if (value.length == 0) {
            return null;
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(endpoint.getBytes(UTF_8));
            digest.update((byte) 0);
            byte[] sum = digest.digest(value);
            return (sum[0] & 0xff) << Byte.SIZE | (sum[1] & 0xff);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every Java", e);
        }
    }
}
