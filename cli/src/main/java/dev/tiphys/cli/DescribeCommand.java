package dev.tiphys.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tells all about one thing. */
@Command(
        name = "describe",
        mixinStandardHelpOptions = true,
        description = "Tell all about one run, application, event, pipeline, delivery or endpoint.")
final class DescribeCommand implements Callable<Integer> {
    private static final String KINDS = "run, application, event, pipeline, delivery or endpoint";

    /** What can be described. */
    enum Kind {
        RUN,
        APPLICATION,
        EVENT,
        PIPELINE,
        DELIVERY,
        ENDPOINT
    }

    @Mixin
    private Connection connection = new Connection();

    @Parameters(index = "0", paramLabel = "KIND", description = KINDS)
    private Kind kind = Kind.RUN;

    @Parameters(index = "1", paramLabel = "NAME", description = "Its id or name.")
    private String name = "";

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        Terminal terminal = Terminal.of(spec);
        String escaped = Connection.escaped(name);
        switch (kind) {
            case RUN -> terminal.print(Views.run(connection.get("/api/runs/" + escaped), Instant.now()));
            case APPLICATION -> terminal.print(Views.application(connection.get("/api/applications/" + escaped)));
            case PIPELINE -> terminal.print(Output.YAML.write(connection.get("/api/pipelines/" + escaped)));
            case ENDPOINT -> terminal.print(Output.YAML.write(connection.get("/api/endpoints/" + escaped)));
            case DELIVERY -> {
                terminal.print(DeliveryViews.delivery(connection.get("/api/deliveries/" + escaped), Instant.now()));
                Connection.Answer payload =
                        connection.send("GET", "/api/deliveries/" + escaped + "/payload", null, null);
                terminal.print("");
                if (payload.isGood()) {
                    terminal.print(Output.YAML.write(payload.json()));
                } else {
                    terminal.print("Payload     none: " + connection.reason(payload));
                }
            }
            case EVENT -> {
                JsonNode event = connection.get("/api/events/" + escaped);
                terminal.print(Output.YAML.write(event));
                terminal.print(Views.trace(connection.get("/api/events/" + escaped + "/trace")));
            }
        }
        return 0;
    }
}
