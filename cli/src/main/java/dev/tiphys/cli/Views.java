package dev.tiphys.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** How answers look at a terminal. Pure: the moment is an argument. */
final class Views {
    private static final int SHORT_REVISION = 7;

    private Views() {}

    /** {@return the lines of a list of runs} */
    static List<String> runs(JsonNode items, boolean wide, Instant now) {
        Table table = wide
                ? new Table("RUN", "PIPELINE", "STATE", "REVISION", "AUTHOR", "AGE", "STEPS", "EVENT", "REASON")
                : new Table("RUN", "PIPELINE", "STATE", "REVISION", "AGE", "STEPS");
        for (JsonNode run : items) {
            JsonNode trigger = run.path("trigger");
            String revision = shortened(trigger.path("revision"));
            if (wide) {
                table.row(
                        text(run.path("id")),
                        text(run.path("pipeline")),
                        text(run.path("state")),
                        revision,
                        text(trigger.path("author")),
                        age(begin(run), now),
                        steps(run),
                        text(trigger.path("event")),
                        why(run));
            } else {
                table.row(
                        text(run.path("id")),
                        text(run.path("pipeline")),
                        text(run.path("state")),
                        revision,
                        age(begin(run), now),
                        steps(run));
            }
        }
        return table.lines();
    }

    /** {@return the lines of a list of applications} */
    static List<String> applications(JsonNode items, boolean wide) {
        Table table = wide
                ? new Table("APPLICATION", "SYNC", "HEALTH", "REVISION", "NAMESPACE", "PINNED BY", "MESSAGE")
                : new Table("APPLICATION", "SYNC", "HEALTH", "REVISION", "OPERATION");
        for (JsonNode application : items) {
            if (wide) {
                table.row(
                        text(application.path("name")),
                        text(application.path("sync")),
                        text(application.path("health")),
                        shortened(application.path("revision")),
                        text(application.path("destination").path("namespace")),
                        text(application.path("pinnedBy").path("run")),
                        text(trouble(application)));
            } else {
                table.row(
                        text(application.path("name")),
                        text(application.path("sync")),
                        text(application.path("health")),
                        shortened(application.path("revision")),
                        text(application.path("operation").path("phase")));
            }
        }
        return table.lines();
    }

    /** {@return what keeps an application from being well; what its operation says if nothing does} */
    private static JsonNode trouble(JsonNode application) {
        JsonNode condition = application.path("conditions").path(0).path("message");
        return condition.isTextual() ? condition : application.path("operation").path("message");
    }

    /** {@return the lines of a list of definitions, each named as {@code get definitions} and the API know it} */
    static List<String> definitions(JsonNode items) {
        Table table = new Table("DEFINITION", "API VERSION");
        for (JsonNode item : items) {
            table.row(
                    text(item.path("kind")) + "/" + text(item.path("metadata").path("name")),
                    text(item.path("apiVersion")));
        }
        return table.lines();
    }

    /** {@return the lines of a list of events} */
    static List<String> events(JsonNode items, Instant now) {
        Table table = new Table("EVENT", "ENDPOINT", "TYPE", "REF", "REVISION", "AUTHOR", "AGE");
        for (JsonNode event : items) {
            table.row(
                    text(event.path("id")),
                    text(event.path("endpoint")),
                    text(event.path("type")),
                    text(event.path("ref")),
                    shortened(event.path("revision")),
                    text(event.path("author")),
                    age(event.path("arrivedAt"), now));
        }
        return table.lines();
    }

    /** {@return the lines of a list of schedules} */
    static List<String> schedules(JsonNode items, boolean wide) {
        Table table = wide
                ? new Table("OWNER", "KIND", "CRON", "TIME ZONE", "MISSED", "LAST TICK", "NEXT TICK", "STATE", "REASON")
                : new Table("OWNER", "CRON", "TIME ZONE", "LAST TICK", "NEXT TICK", "STATE");
        for (JsonNode schedule : items) {
            List<String> names = wide
                    ? List.of("owner", "kind", "cron", "timeZone", "missed", "lastTick", "nextTick", "state", "reason")
                    : List.of("owner", "cron", "timeZone", "lastTick", "nextTick", "state");
            table.row(names.stream().map(name -> text(schedule.path(name))).toArray(String[]::new));
        }
        return table.lines();
    }

    /** {@return the lines of a list of queues} */
    static List<String> queues(JsonNode items, Instant now) {
        Table table = new Table(
                "QUEUE", "TRANSPORT", "STATE", "SINCE", "IN FLIGHT", "ACCEPTED", "DUPLICATE", "PARKED", "REASON");
        for (JsonNode queue : items) {
            JsonNode counts = queue.path("counts");
            table.row(
                    text(queue.path("name")),
                    text(queue.path("transport")),
                    text(queue.path("state")),
                    age(queue.path("since"), now),
                    text(queue.path("inFlight")),
                    text(counts.path("accepted")),
                    text(counts.path("duplicate")),
                    text(counts.path("parked")),
                    text(queue.path("reason")));
        }
        return table.lines();
    }

    /** {@return the lines of a list of parked messages} */
    static List<String> parked(JsonNode items, Instant now) {
        Table table = new Table("PARKED", "QUEUE", "MESSAGE", "RECEIVES", "AGE", "REASON");
        for (JsonNode parked : items) {
            table.row(
                    text(parked.path("id")),
                    text(parked.path("queue")),
                    text(parked.path("message")),
                    text(parked.path("receives")),
                    age(parked.path("parkedAt"), now),
                    text(parked.path("reason")));
        }
        return table.lines();
    }

    /** {@return the lines of any other list, by the fields that all its items have as plain values} */
    static List<String> anything(JsonNode items) {
        if (items.isEmpty()) {
            return List.of("none");
        }
        List<String> fields = new ArrayList<>();
        items.get(0).fieldNames().forEachRemaining(name -> {
            if (StreamSupport.stream(items.spliterator(), false)
                    .allMatch(item -> item.path(name).isValueNode())) {
                fields.add(name);
            }
        });
        Table table = new Table(
                fields.stream().map(name -> name.toUpperCase(Locale.ROOT)).toArray(String[]::new));
        for (JsonNode item : items) {
            table.row(fields.stream().map(name -> text(item.path(name))).toArray(String[]::new));
        }
        return table.lines();
    }

    /** {@return a run with everything that a person asks about it} */
    static List<String> run(JsonNode run, Instant now) {
        List<String> lines = new ArrayList<>();
        JsonNode trigger = run.path("trigger");
        lines.add("Run       " + text(run.path("id")) + " of " + text(run.path("pipeline")));
        lines.add("State     " + text(run.path("state")) + reason(run));
        waiting(run.path("wait")).forEach(line -> lines.add("          " + line));
        if (trigger.path("revision").isTextual()) {
            lines.add("Commit    " + text(trigger.path("revision")) + " " + text(trigger.path("ref")) + " by "
                    + text(trigger.path("author")));
        }
        if (trigger.path("actor").isTextual()) {
            lines.add("By hand   " + trigger.path("actor").asText());
        }
        if (!run.path("parameters").isEmpty()) {
            lines.add("With      "
                    + run.path("parameters").properties().stream()
                            .map(each -> each.getKey() + "=" + each.getValue().asText())
                            .collect(Collectors.joining(", ")));
        }
        lines.add("Started   "
                + (run.path("startedAt").isTextual()
                        ? run.path("startedAt").asText() + " (" + age(run.path("startedAt"), now) + " ago)"
                        : "not yet"));
        lines.add("Finished  " + text(run.path("finishedAt")));
        lines.add("Event     " + text(trigger.path("event")));
        lines.add("");
        for (JsonNode step : run.path("steps")) {
            lines.add("  " + sign(step) + " " + text(step.path("name")) + " (" + text(step.path("kind")) + "): "
                    + text(step.path("state")) + took(step) + attempt(step) + reason(step));
            waiting(step.path("wait")).forEach(line -> lines.add("      " + line));
            if (step.path("link").isTextual()) {
                lines.add("      " + step.path("link").asText());
            }
        }
        return lines;
    }

    /** {@return an application with its objects that are not well first} */
    static List<String> application(JsonNode application) {
        List<String> lines = new ArrayList<>();
        lines.add("Application  " + text(application.path("name")));
        lines.add("Sync         " + text(application.path("sync")));
        lines.add("Health       " + text(application.path("health")) + " " + blank(application.path("healthMessage")));
        lines.add("Revision     " + text(application.path("revision"))
                + (application.path("pinnedBy").isObject()
                        ? " pinned by run " + text(application.path("pinnedBy").path("run"))
                        : ""));
        JsonNode operation = application.path("operation");
        if (operation.isObject()) {
            lines.add("Operation    " + text(operation.path("phase")) + ": " + text(operation.path("message")));
            waiting(operation.path("wait")).forEach(line -> lines.add("             " + line));
        }
        for (JsonNode condition : application.path("conditions")) {
            lines.add("Condition    " + text(condition.path("type")) + ": " + text(condition.path("message")));
        }
        lines.add("");
        Table table = new Table("KIND", "NAMESPACE", "NAME", "SYNC", "HEALTH", "MESSAGE");
        for (JsonNode resource : application.path("resources")) {
            table.row(
                    text(resource.path("kind")),
                    text(resource.path("namespace")),
                    text(resource.path("name")),
                    text(resource.path("sync")),
                    text(resource.path("health")),
                    text(resource.path("message")));
        }
        lines.addAll(table.lines());
        return lines;
    }

    /** {@return what became of an event: a line for each pipeline} */
    static List<String> trace(JsonNode trace) {
        List<String> lines = new ArrayList<>();
        for (JsonNode decision : trace.path("decisions")) {
            String pipeline = text(decision.path("pipeline"));
            if (decision.path("started").asBoolean()) {
                lines.add(
                        decision.path("run").isTextual()
                                ? "started      " + pipeline + " as run "
                                        + decision.path("run").asText()
                                : "would start  " + pipeline);
            } else {
                lines.add("not started  " + pipeline + ": " + text(decision.path("condition")) + " must be "
                        + text(decision.path("expected")) + ", was " + text(decision.path("met")));
            }
        }
        if (lines.isEmpty()) {
            lines.add("no pipeline is defined, so nothing was decided");
        }
        return lines;
    }

    /** {@return the sign of a step's state} */
    static String sign(JsonNode step) {
        return switch (step.path("state").asText()) {
            case "succeeded" -> "✔";
            case "failed", "stuck" -> "✘";
            case "running", "waiting" -> "▶";
            case "skipped", "cancelled", "superseded" -> "–";
            default -> "·";
        };
    }

    private static List<String> waiting(JsonNode wait) {
        if (!wait.isObject()) {
            return List.of();
        }
        String until =
                wait.path("until").isTextual() ? ", until " + wait.path("until").asText() : "";
        return List.of(
                "waits for " + text(wait.path("for")) + " " + text(wait.path("on")) + " since "
                        + text(wait.path("since")) + until,
                "to go on: " + text(wait.path("unblock")));
    }

    /** {@return since when it is there, if it has not started} */
    private static JsonNode begin(JsonNode run) {
        return run.path("startedAt").isTextual() ? run.path("startedAt") : run.path("createdAt");
    }

    private static String why(JsonNode run) {
        JsonNode wait = run.path("wait");
        return run.path("reason").isTextual() || !wait.isObject()
                ? text(run.path("reason"))
                : "waits for " + text(wait.path("for")) + " " + text(wait.path("on"));
    }

    private static String steps(JsonNode run) {
        return StreamSupport.stream(run.path("steps").spliterator(), false)
                .map(Views::sign)
                .collect(Collectors.joining());
    }

    private static String took(JsonNode step) {
        JsonNode end = step.path("finishedAt");
        return end.isTextual() && step.path("startedAt").isTextual()
                ? " after " + age(step.path("startedAt"), Instant.parse(end.asText()))
                : "";
    }

    private static String attempt(JsonNode step) {
        int attempt = step.path("attempt").asInt();
        return attempt > 1 ? ", attempt " + attempt : "";
    }

    private static String reason(JsonNode thing) {
        return thing.path("reason").isTextual() ? ": " + thing.path("reason").asText() : "";
    }

    private static String blank(JsonNode value) {
        return value.isTextual() ? value.asText() : "";
    }

    private static String shortened(JsonNode revision) {
        String text = text(revision);
        return text.length() == 40 ? text.substring(0, SHORT_REVISION) : text;
    }

    /** {@return how long ago, in the largest unit that says enough} */
    static String age(JsonNode moment, Instant now) {
        if (!moment.isTextual()) {
            return "-";
        }
        Duration age = Duration.between(Instant.parse(moment.asText()), now);
        if (age.toMinutes() < 1) {
            return Math.max(0, age.toSeconds()) + "s";
        }
        if (age.toHours() < 1) {
            return age.toMinutes() + "m";
        }
        return age.toDays() < 2 ? age.toHours() + "h" : age.toDays() + "d";
    }

    private static String text(JsonNode value) {
        return value.isMissingNode() || value.isNull() || value.asText().isEmpty() ? "-" : value.asText();
    }
}
