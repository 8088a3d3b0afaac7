package dev.tiphys.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Starts a run by hand. */
@Command(name = "start", mixinStandardHelpOptions = true, description = "Start a run of a pipeline; prints its id.")
final class StartCommand implements Callable<Integer> {

    @Mixin
    private Connection connection = new Connection();

    @Parameters(index = "0", paramLabel = "PIPELINE", description = "The pipeline's name.")
    private String pipeline = "";

    @Option(
            names = {"-p", "--parameter"},
            paramLabel = "NAME=VALUE",
            description = "A parameter; may be given more than once. Its type is the pipeline's matter.")
    private Map<String, String> parameters = new LinkedHashMap<>();

    @Option(names = "--revision", description = "The commit to deploy (default: what the applications name).")
    private @Nullable String revision;

    @Option(names = "--wait", description = "Wait for the end; exit code 1 if the run does not succeed.")
    private boolean wait;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        Terminal terminal = Terminal.of(spec);
        ObjectNode body = Connection.JSON.createObjectNode().put("pipeline", pipeline);
        if (revision != null) {
            body.put("revision", revision);
        }
        ObjectNode values = body.putObject("parameters");
        parameters.forEach((name, value) -> values.put(name, value));
        JsonNode run = connection.post("/api/runs", body);
        String id = run.path("id").asText();
        terminal.print(id);
        return wait ? TailCommand.follow(connection, id, terminal) : 0;
    }
}
