package dev.tiphys.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Sends a parked message in again. */
@Command(
        name = "redrive",
        mixinStandardHelpOptions = true,
        description = "Send a parked message in again, judged by today's definition of its queue.")
final class RedriveCommand implements Callable<Integer> {

    @Mixin
    private Connection connection = new Connection();

    @Parameters(index = "0", paramLabel = "ID", description = "Its number, as `get parked` lists it.")
    private String id = "";

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        JsonNode parked = connection.post(
                "/api/parked/" + Connection.escaped(id) + "/redrive", Connection.JSON.createObjectNode());
        String event = parked.path("event").asText("");
        Terminal.of(spec)
                .print(
                        event.isEmpty()
                                ? id + " is about nothing that anybody wants to know"
                                : id + " is event " + event);
        return 0;
    }
}
