package dev.tiphys.contracts.notice;

import dev.tiphys.contracts.payload.EventType;
import dev.tiphys.contracts.payload.Payload;
import org.jspecify.annotations.Nullable;

/** What became of a message. The key on {@code tiphys.deliveries} is the thread, which is the run. */
public sealed interface MessageOutcome extends Payload {

    /** {@return the run that the message is about} */
    String thread();

    /** {@return the key that makes the message one message, however often it is tried} */
    String message();

    /**
     * It was sent.
     *
     * @param reference how the channel names it, for example Slack's {@code ts}; null if the channel does not tell
     */
    @EventType("dev.tiphys.message.sent.v1")
    record MessageSent(
            String thread,
            String message,
            String channel,
            @Nullable String reference) implements MessageOutcome {}

    /** It was not sent on purpose, for example because a newer state took its place. */
    @EventType("dev.tiphys.message.suppressed.v1")
    record MessageSuppressed(String thread, String message, String channel, String reason) implements MessageOutcome {}

    /** The channel refused it for good. */
    @EventType("dev.tiphys.message.refused.v1")
    record MessageRefused(String thread, String message, String channel, String reason) implements MessageOutcome {}
}
