package dev.tiphys.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** How deliveries and their endpoints look at a terminal. Pure: the moment is an argument. */
final class DeliveryViews {
    private DeliveryViews() {}

    /** {@return the lines of a list of deliveries} */
    static List<String> deliveries(JsonNode items, boolean wide, Instant now) {
        Table table = wide
                ? new Table(
                        "DELIVERY",
                        "AGE",
                        "ENDPOINT",
                        "WAY",
                        "VERDICT",
                        "TYPE",
                        "SECRET",
                        "BYTES",
                        "EVENTS",
                        "SENDER'S ID",
                        "REASON")
                : new Table("DELIVERY", "AGE", "ENDPOINT", "VERDICT", "TYPE", "EVENT", "REASON");
        for (JsonNode item : items) {
            String events = texts(item.path("events"));
            if (wide) {
                table.row(
                        text(item.path("id")),
                        Views.age(item.path("at"), now),
                        text(item.path("endpoint")),
                        text(item.path("way")),
                        verdict(item),
                        text(item.path("type")),
                        text(item.path("secret")),
                        text(item.path("bytes")),
                        events,
                        text(item.path("delivery")),
                        text(item.path("reason")));
            } else {
                table.row(
                        text(item.path("id")),
                        Views.age(item.path("at"), now),
                        text(item.path("endpoint")),
                        verdict(item),
                        text(item.path("type")),
                        text(item.path("events").path(0)),
                        text(item.path("reason")));
            }
        }
        return table.lines();
    }

    /** {@return the lines of a list of endpoints} */
    static List<String> endpoints(JsonNode items, Instant now) {
        Table table = new Table("ENDPOINT", "ADDRESS", "SENDER", "PROOF", "PRESENT SECRET", "PREVIOUS SECRET");
        for (JsonNode item : items) {
            table.row(
                    text(item.path("name")),
                    text(item.path("address")),
                    text(item.path("sender")),
                    text(item.path("proof")),
                    secret(item.path("secrets").path(0), now),
                    secret(item.path("secrets").path(1), now));
        }
        return table.lines();
    }

    /** {@return the lines of a list of recoveries} */
    static List<String> recoveries(JsonNode items, Instant now) {
        Table table = new Table("REPOSITORY", "STATE", "LOOKED", "ASKED", "RECOVERED", "GIVEN UP", "ERROR");
        for (JsonNode item : items) {
            table.row(
                    text(item.path("repository")),
                    text(item.path("state")),
                    Views.age(item.path("lookedAt"), now),
                    count(item, "asked"),
                    count(item, "recovered"),
                    count(item, "given-up"),
                    text(item.path("error")));
        }
        return table.lines();
    }

    /** {@return a delivery with everything that is known of it} */
    static List<String> delivery(JsonNode item, Instant now) {
        List<String> lines = new ArrayList<>();
        lines.add("Delivery    " + text(item.path("id")) + " to " + text(item.path("endpoint")));
        lines.add("Verdict     " + verdict(item)
                + (item.path("reason").isTextual() ? ": " + item.path("reason").asText() : ""));
        lines.add("Arrived     " + text(item.path("at")) + " (" + Views.age(item.path("at"), now) + " ago), by "
                + text(item.path("way")));
        lines.add("Sender's id " + text(item.path("delivery")) + ", type " + text(item.path("type")));
        lines.add("Secret      " + text(item.path("secret")));
        lines.add("Events      " + texts(item.path("events")));
        JsonNode position = item.path("position");
        if (position.isObject()) {
            lines.add("On the log  partition " + position.path("partition").asText() + ", offset "
                    + position.path("offset").asText());
        }
        JsonNode took = item.path("took");
        lines.add("Size        " + text(item.path("bytes")) + " bytes; receiving " + text(took.path("receiving"))
                + ", judging " + text(took.path("judging")) + ", publishing " + text(took.path("publishing")));
        if (item.path("replayOf").isTextual()) {
            lines.add("Replay of   " + item.path("replayOf").asText());
        }
        return lines;
    }

    /** {@return what came of a replay, or would} */
    static List<String> replay(JsonNode replayed) {
        List<String> lines = new ArrayList<>();
        boolean dry = replayed.path("dryRun").asBoolean();
        lines.add((dry ? "would be " : "")
                + text(replayed.path("verdict"))
                + (replayed.path("reason").isTextual()
                        ? ": " + replayed.path("reason").asText()
                        : ""));
        if (replayed.path("delivery").isTextual()) {
            lines.add("delivery " + replayed.path("delivery").asText());
        }
        for (JsonNode event : replayed.path("events")) {
            lines.add((dry ? "would make event " : "event ") + text(event.path("id")) + ": "
                    + text(event.path("data").path("type")) + " of "
                    + text(event.path("data").path("endpoint")));
        }
        return lines;
    }

    private static String verdict(JsonNode item) {
        int count = item.path("count").asInt(1);
        return text(item.path("verdict"))
                + (count > 1 ? " ×" + count : "")
                + (item.path("recovered").asBoolean() ? ", recovered" : "");
    }

    private static String secret(JsonNode secret, Instant now) {
        if (!secret.isObject()) {
            return "-";
        }
        if (!secret.path("there").asBoolean()) {
            return "none";
        }
        return secret.path("neverUsed").asBoolean()
                ? "never used"
                : "used " + Views.age(secret.path("lastUsedAt"), now) + " ago";
    }

    private static String count(JsonNode item, String state) {
        return Long.toString(StreamSupport.stream(item.path("lost").spliterator(), false)
                .filter(lost -> lost.path("state").asText().equals(state))
                .count());
    }

    private static String texts(JsonNode items) {
        return items.isEmpty()
                ? "-"
                : StreamSupport.stream(items.spliterator(), false)
                        .map(JsonNode::asText)
                        .collect(Collectors.joining(","));
    }

    private static String text(JsonNode value) {
        return value.isMissingNode() || value.isNull() || value.asText().isEmpty() ? "-" : value.asText();
    }
}
