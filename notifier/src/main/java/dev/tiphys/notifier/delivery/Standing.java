package dev.tiphys.notifier.delivery;

import dev.tiphys.notifier.card.MessageKind;
import dev.tiphys.notifier.card.RunPicture;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the ledger holds of a run.
 *
 * @param picture null if no fact of it was seen
 * @param cardDigest the digest of the card's newest state, sent or not; null if there is none
 * @param waiting what is planned and not being sent
 */
public record Standing(
        @Nullable RunPicture picture, @Nullable String cardDigest, List<Waiting> waiting) {

    public Standing {
        waiting = List.copyOf(waiting);
    }

    /** A planned entry. */
    public record Waiting(String key, MessageKind kind, String step) {}
}
