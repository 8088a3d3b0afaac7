package dev.tiphys.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lets a failed run go on from the step that failed. */
@Command(name = "retry", mixinStandardHelpOptions = true, description = "Go on with a failed run from the failed step.")
final class RetryCommand implements Callable<Integer> {

    @Mixin
    private Connection connection = new Connection();

    @Parameters(index = "0", paramLabel = "RUN", description = "The run's id.")
    private String run = "";

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        connection.post("/api/runs/" + Connection.escaped(run) + "/retry", Connection.JSON.createObjectNode());
        Terminal.of(spec).print(run + " goes on");
        return 0;
    }
}
