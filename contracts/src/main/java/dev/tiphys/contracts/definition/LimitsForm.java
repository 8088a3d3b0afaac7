package dev.tiphys.contracts.definition;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads {@code limits}. */
final class LimitsForm {
    static final long LARGEST_BODY = 1024L * 1024 * 1024;

    private static final long LARGEST_HEADERS = 1024L * 1024;
    private static final long SMALLEST = 1024;
    private static final int MOST = 1_000_000;

    private LimitsForm() {}

    static Limits limits(@Nullable Fields fields) {
        if (fields == null) {
            return Limits.NONE;
        }
        Limits limits = new Limits(
                fields.optionalSize("body", SMALLEST, LARGEST_BODY),
                fields.optionalSize("headers", SMALLEST, LARGEST_HEADERS),
                fields.optionalWhole("rate", 1, MOST),
                fields.optionalWhole("burst", 1, MOST),
                fields.optionalDuration("time"));
        Duration time = limits.time();
        if (time != null && time.compareTo(Duration.ofSeconds(1)) < 0) {
            fields.inspection().error(fields.path("time"), "expected at least 1s: a delivery needs time to arrive");
        }
        fields.end();
        return limits;
    }
}
