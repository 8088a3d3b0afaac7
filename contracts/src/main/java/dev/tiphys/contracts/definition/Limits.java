package dev.tiphys.contracts.definition;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What an endpoint takes; what is not said is as the gateway is configured, and never above that.
 *
 * @param body the largest body, in bytes
 * @param headers the largest size of all headers' names and values together, in bytes
 * @param rate deliveries a second, in the long run
 * @param burst deliveries at once above that rate
 * @param time how long a delivery's bytes may take to come
 */
public record Limits(
        @Nullable Long body,
        @Nullable Long headers,
        @Nullable Integer rate,
        @Nullable Integer burst,
        @Nullable Duration time) {
    /** Nothing said. */
    public static final Limits NONE = new Limits(null, null, null, null, null);
}
