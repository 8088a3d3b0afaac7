package dev.tiphys.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Let a waiting approval pass. */
@Command(name = "approve", mixinStandardHelpOptions = true, description = "Let a waiting approval pass.")
final class ApproveCommand implements Callable<Integer> {

    @Mixin
    private Connection connection = new Connection();

    @Parameters(index = "0", paramLabel = "RUN", description = "The run's id.")
    private String run = "";

    @Parameters(index = "1", paramLabel = "STEP", description = "The step's name.")
    private String step = "";

    @Option(
            names = {"-m", "--comment"},
            paramLabel = "TEXT",
            description = "Why; kept with the decision.")
    private @Nullable String comment;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        ObjectNode body = Connection.JSON.createObjectNode().put("comment", comment);
        connection.post(
                "/api/runs/" + Connection.escaped(run) + "/steps/" + Connection.escaped(step) + "/approve", body);
        Terminal.of(spec).print(run + " " + step + " approved");
        return 0;
    }
}
