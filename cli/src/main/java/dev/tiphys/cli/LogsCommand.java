package dev.tiphys.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints the kept log of a step. */
@Command(name = "logs", mixinStandardHelpOptions = true, description = "Print the log of a step.")
final class LogsCommand implements Callable<Integer> {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);
    private static final List<String> OPEN = List.of("pending", "running", "waiting");

    @Mixin
    private Connection connection = new Connection();

    @Parameters(index = "0", paramLabel = "RUN", description = "The run's id.")
    private String run = "";

    @Parameters(index = "1", paramLabel = "STEP", description = "The step's name.")
    private String step = "";

    @Option(
            names = {"-f", "--follow"},
            description = "Go on until the step has ended.")
    private boolean follow;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        Terminal terminal = Terminal.of(spec);
        String path = "/api/runs/" + Connection.escaped(run) + "/steps/" + Connection.escaped(step) + "/log";
        int shown = 0;
        boolean open;
        do {
            open = follow && isOpen();
            String more = connection.text(path + (shown == 0 ? "" : "?from=" + shown));
            terminal.out().print(more);
            terminal.out().flush();
            shown += more.codePointCount(0, more.length());
            if (open) {
                Thread.sleep(BETWEEN_LOOKS);
            }
        } while (open);
        if (shown == 0) {
            terminal.warn("step " + step + " has written no log; `describe run " + run + "` tells what became of it");
        }
        return 0;
    }

    private boolean isOpen() {
        for (JsonNode candidate :
                connection.get("/api/runs/" + Connection.escaped(run)).path("steps")) {
            if (candidate.path("name").asText().equals(step)) {
                return OPEN.contains(candidate.path("state").asText());
            }
        }
        return false;
    }
}
