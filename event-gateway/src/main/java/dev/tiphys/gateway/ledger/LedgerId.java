package dev.tiphys.gateway.ledger;

import java.time.Instant;
import java.time.temporal.ChronoField;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * The id of an entry: a UUID of version 7, which begins with the moment at which the delivery came, so that the order of ids
 * is the order of time and a process needs to ask nobody for one.
 */
public final class LedgerId {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final long VERSION = 7L << 12;
    private static final long VARIANT = 1L << 63;
    private static final int RANDOM_BITS = 62;
    private static final int FRACTIONS = 4096;
    private static final int NANOS_PER_MILLI = 1_000_000;

    private LedgerId() {}

    /** {@return a new id for something that came at a moment} */
    public static UUID of(Instant at, RandomGenerator random) {
        return new UUID(upper(at), VARIANT | (random.nextLong() >>> (Long.SIZE - RANDOM_BITS)));
    }

    /** {@return what is at or below every id of that moment and above those of moments before it} */
    public static UUID floor(Instant at) {
        return new UUID(upper(at), VARIANT);
    }

    /** {@return the id that a text is; empty if it is none} */
    public static Optional<UUID> parse(String text) {
        return FORM.matcher(text).matches() ? Optional.of(UUID.fromString(text)) : Optional.empty();
    }

    /** Milliseconds, then 4096ths of one where there is room beside the version. */
    private static long upper(Instant at) {
        long fraction = at.getLong(ChronoField.NANO_OF_SECOND) % NANOS_PER_MILLI * FRACTIONS / NANOS_PER_MILLI;
        return (at.toEpochMilli() << 16) | VERSION | fraction;
    }
}
