package dev.tiphys.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Follows one run to its end, or all runs until interrupted. */
@Command(
        name = "tail",
        mixinStandardHelpOptions = true,
        description = "Follow a run to its end (exit code 1 if it does not succeed), or all runs until Ctrl-C.")
final class TailCommand implements Callable<Integer> {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);
    private static final List<String> OPEN = List.of("pending", "running", "waiting");

    @Mixin
    private Connection connection = new Connection();

    @Parameters(index = "0", arity = "0..1", paramLabel = "RUN", description = "The run's id.")
    private @Nullable String run;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        Terminal terminal = Terminal.of(spec);
        if (run != null) {
            return follow(connection, run, terminal);
        }
        Map<String, String> seen = new HashMap<>();
        while (!Thread.currentThread().isInterrupted()) {
            for (JsonNode each : connection.get("/api/runs?limit=20").path("items")) {
                printChanges(each, seen, terminal);
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
        return 0;
    }

    /** {@return 0 if the run succeeded, else 1, once it has ended} */
    static int follow(Connection connection, String id, Terminal terminal) throws InterruptedException {
        Map<String, String> seen = new HashMap<>();
        while (true) {
            JsonNode run = connection.get("/api/runs/" + Connection.escaped(id));
            printChanges(run, seen, terminal);
            String state = run.path("state").asText();
            if (!OPEN.contains(state)) {
                return state.equals("succeeded") ? 0 : 1;
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
    }

    private static void printChanges(JsonNode run, Map<String, String> seen, Terminal terminal) {
        String id = run.path("id").asText();
        for (JsonNode step : run.path("steps")) {
            String now = step.path("state").asText() + describe(step);
            String before = seen.put(id + "/" + step.path("name").asText(), now);
            if (!now.equals(before) && !step.path("state").asText().equals("pending")) {
                terminal.print(
                        id + "  " + Views.sign(step) + " " + step.path("name").asText() + " " + now);
            }
        }
        String now = run.path("state").asText() + describe(run);
        if (!now.equals(seen.put(id, now))) {
            terminal.print(id + "  " + run.path("pipeline").asText() + " " + now);
        }
    }

    private static String describe(JsonNode thing) {
        if (thing.path("reason").isTextual()) {
            return ": " + thing.path("reason").asText();
        }
        JsonNode wait = thing.path("wait");
        return wait.isObject()
                ? " for " + wait.path("for").asText() + " " + wait.path("on").asText()
                : "";
    }
}
