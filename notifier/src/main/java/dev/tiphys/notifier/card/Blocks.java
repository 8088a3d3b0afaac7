package dev.tiphys.notifier.card;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The few kinds of Slack's blocks that messages are made of. */
final class Blocks {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private Blocks() {}

    static JsonNode section(String mrkdwn) {
        ObjectNode block = JSON.objectNode().put("type", "section");
        block.set("text", text(mrkdwn));
        return block;
    }

    static JsonNode context(List<String> mrkdwn) {
        ObjectNode block = JSON.objectNode().put("type", "context");
        mrkdwn.forEach(element -> block.withArray("elements").add(text(element)));
        return block;
    }

    private static JsonNode text(String mrkdwn) {
        return JSON.objectNode().put("type", "mrkdwn").put("text", mrkdwn);
    }
}
