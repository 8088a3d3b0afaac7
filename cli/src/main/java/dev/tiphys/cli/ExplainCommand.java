package dev.tiphys.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what an event started, what it did not, and why. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        description = "Say what an event or a commit started, what it did not, and why.")
final class ExplainCommand implements Callable<Integer> {
    private static final int UNPROCESSABLE = 422;

    @Mixin
    private Connection connection = new Connection();

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "EVENT",
            description = "An event's id or a commit, whole or its beginning (default: the newest event).")
    private @Nullable String wanted;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "TABLE",
            description = "table, json or yaml (default: table).")
    private Output output = Output.TABLE;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "What would be decided with these definitions instead: a file, a directory, or - for standard"
                    + " input; may be given more than once. Nothing is started.")
    private List<Path> files = new ArrayList<>();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        Terminal terminal = Terminal.of(spec);
        List<JsonNode> events = wanted();
        if (events.isEmpty()) {
            throw CommandFailed.refused(
                    wanted == null
                            ? "no event has arrived yet"
                            : "no event among the newest 500 has the id or commit " + wanted);
        }
        SourceFiles sources = new SourceFiles();
        files.forEach(file -> sources.add(file, System.in));
        if (!files.isEmpty() && sources.isEmpty()) {
            throw CommandFailed.wrongUse("there is no YAML or JSON file in " + files);
        }
        for (JsonNode event : events) {
            String path = "/api/events/" + Connection.escaped(event.path("id").asText()) + "/trace";
            Connection.Answer answer = sources.isEmpty()
                    ? connection.send("GET", path, null, null)
                    : connection.send("POST", path, sources.text(), "application/yaml");
            if (answer.status() == UNPROCESSABLE) {
                answer.json().path("findings").forEach(finding -> terminal.warn(sources.located(finding)));
                throw CommandFailed.refused(connection.reason(answer));
            }
            JsonNode trace = connection.good(answer).json();
            if (output.isRaw()) {
                terminal.print(output.write(trace));
                continue;
            }
            terminal.print("event " + event.path("id").asText() + ": "
                    + event.path("type").asText() + " of "
                    + event.path("endpoint").asText() + " " + event.path("ref").asText("") + " "
                    + event.path("revision").asText(""));
            Views.trace(trace).forEach(line -> terminal.print("  " + line));
        }
        return 0;
    }

    private List<JsonNode> wanted() {
        JsonNode newest = connection
                .get("/api/events?limit=" + (wanted == null ? 1 : 500))
                .path("items");
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode event : newest) {
            if (wanted == null
                    || event.path("id").asText().startsWith(wanted)
                    || event.path("revision").asText("").startsWith(wanted)) {
                found.add(event);
            }
        }
        return found;
    }
}
