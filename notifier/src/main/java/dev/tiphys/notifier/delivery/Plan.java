package dev.tiphys.notifier.delivery;

import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.notifier.card.Message;
import dev.tiphys.notifier.card.MessageKind;
import dev.tiphys.notifier.card.RunPicture;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the ledger shall hold of a run from now on.
 *
 * @param picture null if still no fact of it was seen
 * @param cardDigest the digest of the card's newest state; null if there is none
 * @param additions new entries in the order of their causes; one whose key is known already is passed over
 * @param withdrawals planned entries that are not to be sent, with the reason, by key
 */
public record Plan(
        @Nullable RunPicture picture,
        @Nullable String cardDigest,
        List<Addition> additions,
        Map<String, String> withdrawals) {

    public Plan {
        additions = List.copyOf(additions);
        withdrawals = Map.copyOf(withdrawals);
    }

    /**
     * A new entry.
     *
     * @param suppressed why it is not sent at all; null if it is
     * @param cause the record that it comes from
     */
    public record Addition(
            String key,
            MessageKind kind,
            String step,
            Lane lane,
            boolean last,
            boolean broadcast,
            Message message,
            @Nullable String suppressed,
            CloudEvent<?> cause) {

        Addition withheld(String reason) {
            return new Addition(key, kind, step, lane, last, broadcast, message, reason, cause);
        }
    }
}
