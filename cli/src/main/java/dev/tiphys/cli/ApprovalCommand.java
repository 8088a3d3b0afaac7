package dev.tiphys.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Decides about an approval that a run waits for. */
abstract sealed class ApprovalCommand implements Callable<Integer> permits ApproveCommand, RejectCommand {
    private final String verb;
    private final String decided;

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

    /**
     * A way to decide.
     *
     * @param verb the last word of the address
     * @param decided what became of the step, for a person
     */
    ApprovalCommand(String verb, String decided) {
        this.verb = verb;
        this.decided = decided;
    }

    @Override
    public Integer call() {
        connection.post(
                "/api/runs/" + Connection.escaped(run) + "/steps/" + Connection.escaped(step) + "/" + verb,
                Connection.JSON.createObjectNode().put("comment", comment));
        Terminal.of(spec).print(run + " " + step + " " + decided);
        return 0;
    }
}
