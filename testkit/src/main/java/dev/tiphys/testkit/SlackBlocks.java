package dev.tiphys.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What Slack accepts as blocks, and what they look like as plain text. */
final class SlackBlocks {
    static final int TOTAL_LIMIT = 13_200;

    private static final int BLOCK_LIMIT = 50;
    private static final Set<String> TYPES = Set.of(
            "section",
            "header",
            "divider",
            "context",
            "actions",
            "image",
            "input",
            "rich_text",
            "markdown",
            "video",
            "file",
            "table");
    private static final Set<String> TEXT_TYPES = Set.of("mrkdwn", "plain_text");
    private static final Map<String, String> EMOJI = Map.ofEntries(
            Map.entry(":white_check_mark:", "✓"),
            Map.entry(":heavy_check_mark:", "✓"),
            Map.entry(":x:", "✗"),
            Map.entry(":no_entry:", "✗"),
            Map.entry(":warning:", "!"),
            Map.entry(":hourglass_flowing_sand:", "…"),
            Map.entry(":hourglass:", "…"),
            Map.entry(":arrow_forward:", "▶"),
            Map.entry(":rocket:", "▲"),
            Map.entry(":construction:", "⚠"),
            Map.entry(":fast_forward:", "»"),
            Map.entry(":white_circle:", "○"),
            Map.entry(":large_blue_circle:", "●"));

    private final List<String> errors = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();

    private SlackBlocks() {}

    /** What is wrong with the blocks, in Slack's words with a JSON pointer; empty if they are good. */
    static List<String> errors(JsonNode blocks) {
        SlackBlocks check = new SlackBlocks();
        check.blocks(blocks);
        return check.errors;
    }

    /** The blocks, one line of text for each line that a person sees. */
    static List<String> lines(JsonNode blocks) {
        List<String> lines = new ArrayList<>();
        for (JsonNode block : blocks) {
            switch (block.path("type").asText()) {
                case "header" -> lines.addAll(text(block.path("text")).lines().toList());
                case "section" -> {
                    lines.addAll(text(block.path("text")).lines().toList());
                    block.path("fields")
                            .forEach(field -> lines.addAll(text(field).lines().toList()));
                }
                case "context" -> lines.add(joined(block.path("elements"), " · "));
                case "actions" -> lines.add(joined(block.path("elements"), " "));
                case "divider" -> lines.add("────────");
                default -> lines.add("(" + block.path("type").asText() + ")");
            }
        }
        return lines;
    }

    /** Slack's markup as a terminal shows it: links as their label, escapes undone. */
    static String plain(String markup) {
        String text = markup.replaceAll("<!date\\^[^|>]+\\|([^>]+)>", "$1")
                .replaceAll("<([^|>]+)\\|([^>]+)>", "$2 ($1)")
                .replaceAll("<(https?:[^>]+)>", "$1");
        for (Map.Entry<String, String> emoji : EMOJI.entrySet()) {
            text = text.replace(emoji.getKey(), emoji.getValue());
        }
        return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    }

    private static String joined(JsonNode elements, String between) {
        List<String> texts = new ArrayList<>();
        for (JsonNode element : elements) {
            String type = element.path("type").asText();
            texts.add(
                    switch (type) {
                        case "button" -> "[" + text(element.path("text")) + "]";
                        case "image" -> element.path("alt_text").asText();
                        default -> text(element);
                    });
        }
        return String.join(between, texts);
    }

    private static String text(JsonNode text) {
        return plain(text.path("text").asText());
    }

    private void blocks(JsonNode blocks) {
        if (!blocks.isArray()) {
            errors.add("must be an array [json-pointer:/blocks]");
            return;
        }
        if (blocks.size() > BLOCK_LIMIT) {
            wrong("no more than " + BLOCK_LIMIT + " items allowed", "");
        }
        for (int i = 0; i < blocks.size(); i++) {
            block(blocks.get(i), "/" + i);
        }
    }

    private void block(JsonNode block, String at) {
        String type = block.path("type").asText();
        if (!TYPES.contains(type)) {
            wrong("unsupported type: " + type, at + "/type");
            return;
        }
        atMost(block, "block_id", 255, at);
        String id = block.path("block_id").asText();
        if (!id.isEmpty() && !ids.add(id)) {
            wrong("block_id must be unique", at + "/block_id");
        }
        switch (type) {
            case "section" -> section(block, at);
            case "header" -> {
                text(block.path("text"), 150, at + "/text");
                if (!block.path("text").path("type").asText().equals("plain_text")) {
                    wrong("must be one of: plain_text", at + "/text/type");
                }
            }
            case "context" -> {
                elements(block, 10, at);
                for (int i = 0; i < block.path("elements").size(); i++) {
                    if (!block.at("/elements/" + i + "/type").asText().equals("image")) {
                        text(block.at("/elements/" + i), 3000, at + "/elements/" + i);
                    }
                }
            }
            case "actions" -> {
                elements(block, 25, at);
                for (int i = 0; i < block.path("elements").size(); i++) {
                    element(block.at("/elements/" + i), at + "/elements/" + i);
                }
            }
            default -> {}
        }
    }

    private void section(JsonNode block, String at) {
        if (!block.has("text") && !block.has("fields")) {
            wrong("missing required field: text or fields", at);
        }
        if (block.has("text")) {
            text(block.path("text"), 3000, at + "/text");
        }
        JsonNode fields = block.path("fields");
        if (fields.size() > 10) {
            wrong("no more than 10 items allowed", at + "/fields");
        }
        for (int i = 0; i < fields.size(); i++) {
            text(fields.get(i), 2000, at + "/fields/" + i);
        }
        if (block.has("accessory")) {
            element(block.path("accessory"), at + "/accessory");
        }
    }

    private void elements(JsonNode block, int limit, String at) {
        JsonNode elements = block.path("elements");
        if (elements.isEmpty()) {
            wrong("must have at least 1 item", at + "/elements");
        }
        if (elements.size() > limit) {
            wrong("no more than " + limit + " items allowed", at + "/elements");
        }
    }

    private void element(JsonNode element, String at) {
        atMost(element, "action_id", 255, at);
        if (!element.path("type").asText().equals("button")) {
            return;
        }
        text(element.path("text"), 75, at + "/text");
        if (!element.path("text").path("type").asText().equals("plain_text")) {
            wrong("must be one of: plain_text", at + "/text/type");
        }
        atMost(element, "value", 2000, at);
        atMost(element, "url", 3000, at);
    }

    private void text(JsonNode text, int limit, String at) {
        if (!text.isObject() || !TEXT_TYPES.contains(text.path("type").asText())) {
            wrong("must be a text object of type mrkdwn or plain_text", at);
            return;
        }
        String content = text.path("text").asText();
        if (content.isEmpty()) {
            wrong("must be more than 0 characters", at + "/text");
        }
        if (content.length() > limit) {
            wrong("must be less than " + (limit + 1) + " characters", at + "/text");
        }
    }

    private void atMost(JsonNode node, String field, int limit, String at) {
        if (node.path(field).asText().length() > limit) {
            wrong("must be less than " + (limit + 1) + " characters", at + "/" + field);
        }
    }

    private void wrong(String why, String at) {
        errors.add(why + " [json-pointer:/blocks" + at + "]");
    }
}
