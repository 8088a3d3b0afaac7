package dev.tiphys.notifier.delivery;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What becomes of an entry after a try, or instead of one. */
public sealed interface Settlement {

    /** It was sent. */
    record Sent(@Nullable String channelId, @Nullable String ts) implements Settlement {}

    /** It is not sent, on purpose. */
    record Suppressed(String reason) implements Settlement {}

    /** The channel refused it for good. */
    record Refused(String reason) implements Settlement {}

    /** Nobody knows whether it arrived, and nobody can look: it is not sent again. */
    record Unknown(String reason) implements Settlement {}

    /** An earlier try had posted the card, perhaps with an older state; the entry is routed anew. */
    record CardFound(String channelId, String ts) implements Settlement {}

    /** The card is lost; the entry is routed anew. */
    record CardLost(String reason) implements Settlement {}

    /**
     * It is tried again.
     *
     * @param reason why this try did not do
     * @param tellRefusal whether readers of the deliveries hear of it as a refusal, once for each entry
     */
    record Again(Instant notBefore, Doubt doubt, boolean isPlain, String reason, boolean tellRefusal)
            implements Settlement {}
}
