package dev.tiphys.notifier.delivery;

import dev.tiphys.notifier.card.Message;
import dev.tiphys.notifier.card.MessageKind;
import java.time.Instant;

/**
 * A message of the ledger that is to be sent.
 *
 * @param version changes with each change of the entry; who changes it names the version that it saw
 * @param key makes it one message, however often it is tried
 * @param last whether it tells the run's end
 * @param broadcast whether a reply is shown to the channel too
 * @param isPlain whether the channel took offence at its blocks
 * @param attempts how often it was tried
 */
public record Entry(
        long id,
        int version,
        String key,
        String run,
        MessageKind kind,
        Lane lane,
        boolean last,
        boolean broadcast,
        Message message,
        boolean isPlain,
        Doubt doubt,
        int attempts,
        Instant notBefore,
        Instant plannedAt) {

    /** {@return the message as it goes out} */
    Message outgoing() {
        return isPlain ? message.plain() : message;
    }
}
