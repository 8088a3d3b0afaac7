package dev.tiphys.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Ends a run early. */
@Command(name = "cancel", mixinStandardHelpOptions = true, description = "End a run early.")
final class CancelCommand implements Callable<Integer> {

    /** How a run is ended. */
    enum Mode {
        /** Everything at once. */
        KILL,
        /** What runs is ended, then the steps under {@code finally} run. */
        FINALLY,
        /** What runs may end by itself, nothing new begins. */
        DRAIN
    }

    @Mixin
    private Connection connection = new Connection();

    @Parameters(index = "0", paramLabel = "RUN", description = "The run's id.")
    private String run = "";

    @Option(
            names = "--mode",
            defaultValue = "FINALLY",
            description = "kill: all at once; finally: end what runs, then run the final steps (default);"
                    + " drain: let what runs end, begin nothing new.")
    private Mode mode = Mode.FINALLY;

    @Option(
            names = {"-m", "--reason"},
            paramLabel = "TEXT",
            description = "Why; kept with the run.")
    private @Nullable String reason;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        ObjectNode body = Connection.JSON
                .createObjectNode()
                .put("mode", mode.name().toLowerCase(Locale.ROOT))
                .put("reason", reason);
        connection.post("/api/runs/" + Connection.escaped(run) + "/cancel", body);
        Terminal.of(spec).print(run + " is being cancelled");
        return 0;
    }
}
