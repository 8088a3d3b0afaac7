package dev.tiphys.gateway.proof;

import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;

/** The moment at which a sender says that it signed. */
final class Moment {
    /** A proof is good for so long, and a sender's clock may go ahead by so much. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,12}");

    private Moment() {}

    /** {@return whether the moment, in seconds since 1970, is near another} */
    static boolean near(String seconds, Instant now) {
        if (!SECONDS.matcher(seconds).matches()) {
            return false;
        }
        Duration apart = Duration.between(Instant.ofEpochSecond(Long.parseLong(seconds)), now);
        return apart.abs().compareTo(PATIENCE) <= 0;
    }
}
