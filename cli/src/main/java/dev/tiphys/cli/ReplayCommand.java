package dev.tiphys.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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

/** Has a delivery judged again. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = "Judge a delivery again and publish its events anew, or only say what would come of it.")
final class ReplayCommand implements Callable<Integer> {

    @Mixin
    private Connection connection = new Connection();

    @Parameters(index = "0", paramLabel = "DELIVERY", description = "The delivery's id; see `tiphys get deliveries`.")
    private String delivery = "";

    @Option(names = "--dry-run", description = "Publish nothing; say what would come of it, and what it would start.")
    private boolean dryRun;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "With --dry-run: judge by these definitions in place of those of the same names;"
                    + " a file, a directory, or - for standard input; may be given more than once.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            defaultValue = "TABLE",
            description = "table, json or yaml (default: table).")
    private Output output = Output.TABLE;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        if (!files.isEmpty() && !dryRun) {
            throw CommandFailed.wrongUse(
                    "other definitions are only for --dry-run: apply them, then replay the delivery");
        }
        Terminal terminal = Terminal.of(spec);
        SourceFiles sources = new SourceFiles();
        files.forEach(file -> sources.add(file, System.in));
        ObjectNode wanted = Connection.JSON.createObjectNode().put("dryRun", dryRun);
        if (!sources.isEmpty()) {
            wanted.put("definitions", sources.text());
        }
        Connection.Answer answer = connection.send(
                "POST",
                "/api/deliveries/" + Connection.escaped(delivery) + "/replay",
                wanted.toString(),
                "application/json");
        if (answer.status() == 422) {
            answer.json().path("findings").forEach(finding -> terminal.warn(sources.located(finding)));
        }
        JsonNode replayed = connection.good(answer).json();
        List<JsonNode> traces = new ArrayList<>();
        if (dryRun) {
            replayed.path("events").forEach(event -> traces.add(trace(event, sources)));
        }
        if (output.isRaw()) {
            ObjectNode all = replayed.deepCopy();
            all.set("traces", Connection.JSON.createArrayNode().addAll(traces));
            terminal.print(output.write(dryRun ? all : replayed));
            return 0;
        }
        terminal.print(DeliveryViews.replay(replayed));
        traces.forEach(trace -> Views.trace(trace).forEach(line -> terminal.print("  " + line)));
        return 0;
    }

    /** What the event would start, by the same definitions. */
    private JsonNode trace(JsonNode event, SourceFiles sources) {
        ObjectNode question = Connection.JSON.createObjectNode();
        question.set("event", event);
        if (!sources.isEmpty()) {
            question.put("definitions", sources.text());
        }
        return connection.post("/api/trace", question);
    }
}
