package dev.tiphys.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A message in a channel of {@link FakeSlack}, as it stood when it was asked for.
 *
 * @param channel the channel's name, {@code #deploys}
 * @param ts its id in the channel; ids grow
 * @param threadTs the message that it replies to; empty for a message of the channel itself
 * @param current what it says now
 * @param past what it said before each edit, the oldest first
 */
public record SlackMessage(String channel, String ts, Optional<String> threadTs, Content current, List<Content> past) {
    public SlackMessage {
        past = List.copyOf(past);
    }

    /**
     * What a message says.
     *
     * @param blocks an array, empty if there are none
     * @param metadata an object with {@code event_type} and {@code event_payload}, empty if there is none
     */
    public record Content(String text, JsonNode blocks, JsonNode metadata) {}

    /** What people read: the blocks, or the text if there are none; one element for each line. */
    public List<String> lines() {
        return current.blocks().isEmpty()
                ? SlackBlocks.plain(current.text()).lines().toList()
                : SlackBlocks.lines(current.blocks());
    }

    /** {@link #lines} in one. */
    public String shown() {
        return String.join("\n", lines());
    }

    SlackMessage edited(Content content) {
        List<Content> before = new ArrayList<>(past);
        before.add(current);
        return new SlackMessage(channel, ts, threadTs, content, before);
    }
}
