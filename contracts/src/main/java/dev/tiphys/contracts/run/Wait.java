package dev.tiphys.contracts.run;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Why something waits. Nothing waits without one.
 *
 * @param reason what kind of thing it waits for, for example {@code jenkins build}; {@code for} in JSON
 * @param on which one, for example {@code shop/integration-test #12}
 * @param since when the wait began
 * @param until when it ends without help: a deadline or the moment it goes on; null if it has none
 * @param unblock who or what can end it, as a sentence for a person
 */
public record Wait(
        @JsonProperty("for") String reason,
        String on,
        Instant since,
        @Nullable Instant until,
        String unblock) {}
