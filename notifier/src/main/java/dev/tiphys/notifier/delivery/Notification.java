package dev.tiphys.notifier.delivery;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A line of the ledger as people read it.
 *
 * @param id newer ones are greater
 * @param kind the word of a message's kind
 * @param state the word of an entry's state
 * @param step the step that it is about; null if it is about the run
 * @param text what was or would have been said, in Slack's markup
 * @param reason why it was not sent, or not yet; null if there is nothing to say
 * @param reference how the channel names the message; null if it was not sent or the channel does not tell
 * @param decidedAt when it was sent, suppressed or refused; null while it is open
 */
public record Notification(
        long id,
        String message,
        String run,
        String kind,
        @Nullable String step,
        String workspace,
        String channel,
        String state,
        String text,
        @Nullable String reason,
        @Nullable String reference,
        int attempts,
        Instant plannedAt,
        @Nullable Instant decidedAt) {}
