package dev.tiphys.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists things. */
@Command(
        name = "get",
        mixinStandardHelpOptions = true,
        description =
                "List runs, applications, events, pipelines, schedules, queues, parked messages, deliveries, endpoints,"
                        + " recoveries, definitions or notifications.")
final class GetCommand implements Callable<Integer> {
    private static final String KINDS =
            "runs, applications, events, pipelines, schedules, queues, parked, deliveries, endpoints, recoveries,"
                    + " definitions or notifications";

    /** What can be listed; the name is that of its address. */
    enum Kind {
        RUNS,
        APPLICATIONS,
        EVENTS,
        PIPELINES,
        SCHEDULES,
        DEFINITIONS,
        NOTIFICATIONS,
        QUEUES,
        PARKED,
        DELIVERIES,
        ENDPOINTS,
        RECOVERIES
    }

    @Mixin
    private Connection connection = new Connection();

    @Parameters(index = "0", paramLabel = "KIND", description = KINDS)
    private Kind kind = Kind.RUNS;

    @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "Only this one.")
    private @Nullable String name;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "TABLE",
            description = "table, wide, json or yaml (default: table).")
    private Output output = Output.TABLE;

    @Option(names = "--pipeline", description = "Only runs of this pipeline.")
    private @Nullable String pipeline;

    @Option(names = "--state", description = "Only runs in this state.")
    private @Nullable String state;

    @Option(names = "--revision", description = "Only runs of this commit.")
    private @Nullable String revision;

    @Option(names = "--run", description = "Only notifications about this run.")
    private @Nullable String run;

    @Option(names = "--queue", description = "Only parked messages of this queue.")
    private @Nullable String queue;

    @Option(names = "--endpoint", description = "Only deliveries to this endpoint.")
    private @Nullable String endpoint;

    @Option(names = "--verdict", description = "Only deliveries of this verdict, for example accepted or unverified.")
    private @Nullable String verdict;

    @Option(names = "--from", description = "Only deliveries since this moment, for example 2026-03-01T10:00:00Z.")
    private @Nullable String from;

    @Option(names = "--to", description = "Only deliveries before this moment.")
    private @Nullable String to;

    @Option(names = "--limit", description = "How many (default: the server's).")
    private @Nullable Integer limit;

    @Option(names = "--after", description = "Go on after this: the `next` of the answer before.")
    private @Nullable String after;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        Terminal terminal = Terminal.of(spec);
        String path = "/api/" + kind.name().toLowerCase(Locale.ROOT);
        if (name != null && kind == Kind.SCHEDULES) {
            throw CommandFailed.wrongUse("schedules have no names: list them with `get schedules`");
        }
        if (name != null && kind == Kind.DEFINITIONS && !name.matches("[^/]+/[^/]+")) {
            throw CommandFailed.wrongUse("definitions are named KIND/NAME, for example Pipeline/shop-delivery");
        }
        if (name != null) {
            String address = Connection.escaped(name);
            JsonNode one =
                    connection.get(path + "/" + (kind == Kind.DEFINITIONS ? address.replace("%2F", "/") : address));
            terminal.print((output.isRaw() ? output : Output.YAML).write(one));
            return 0;
        }
        JsonNode answer = connection.get(path + query());
        if (output.isRaw()) {
            terminal.print(output.write(answer));
            return 0;
        }
        terminal.print(table(answer.path("items")));
        if (answer.path("next").isTextual()) {
            terminal.warn("there are more: --after " + answer.path("next").asText());
        }
        return 0;
    }

    private List<String> table(JsonNode items) {
        boolean wide = output == Output.WIDE;
        return switch (kind) {
            case RUNS -> Views.runs(items, wide, Instant.now());
            case APPLICATIONS -> Views.applications(items, wide);
            case EVENTS -> Views.events(items, Instant.now());
            case SCHEDULES -> Views.schedules(items, wide);
            case QUEUES -> Views.queues(items, Instant.now());
            case PARKED -> Views.parked(items, Instant.now());
            case DELIVERIES -> DeliveryViews.deliveries(items, wide, Instant.now());
            case ENDPOINTS -> DeliveryViews.endpoints(items, Instant.now());
            case RECOVERIES -> DeliveryViews.recoveries(items, Instant.now());
            case DEFINITIONS -> Views.definitions(items);
            case PIPELINES, NOTIFICATIONS -> Views.anything(items);
        };
    }

    private String query() {
        List<String> parts = new ArrayList<>();
        add(parts, "pipeline", pipeline);
        add(parts, "state", state);
        add(parts, "revision", revision);
        add(parts, "run", run);
        add(parts, "queue", queue);
        add(parts, "endpoint", endpoint);
        add(parts, "verdict", verdict);
        add(parts, "from", from);
        add(parts, "to", to);
        add(parts, "limit", limit == null ? null : limit.toString());
        add(parts, "after", after);
        return parts.isEmpty() ? "" : "?" + String.join("&", parts);
    }

    private static void add(List<String> parts, String key, @Nullable String value) {
        if (value != null) {
            parts.add(key + "=" + Connection.escaped(value));
        }
    }
}
