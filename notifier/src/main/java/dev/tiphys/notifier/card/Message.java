package dev.tiphys.notifier.card;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * What is said, in Slack's words.
 *
 * @param text mrkdwn for notifications and for clients that show no blocks; never empty
 * @param blocks at most 50; empty for a plain message
 */
public record Message(String text, List<JsonNode> blocks) {
    public Message {
        blocks = List.copyOf(blocks);
        if (text.isEmpty()) {
            throw new IllegalArgumentException("a message needs a text");
        }
    }

    /** {@return a short text that differs when the message does} */
    public String digest() {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest((text + "\n" + blocks).getBytes(UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** {@return the same without blocks, for a channel that took offence at them} */
    public Message plain() {
        return new Message(text, List.of());
    }
}
