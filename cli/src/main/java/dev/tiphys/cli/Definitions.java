package dev.tiphys.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;

/** Sends definitions to the server and prints what it says about each. */
final class Definitions {
    private static final List<String> OUTCOMES = List.of("created", "updated", "unchanged");

    private Definitions() {}

    /** {@return 0 if they are good, 1 if one is not} */
    static int send(Connection connection, List<Path> files, boolean dryRun, Terminal terminal) {
        SourceFiles sources = new SourceFiles();
        files.forEach(file -> sources.add(file, System.in));
        if (sources.isEmpty()) {
            throw CommandFailed.wrongUse("there is no YAML or JSON file in " + files);
        }
        Connection.Answer answer = connection.send(
                "PUT", "/api/definitions" + (dryRun ? "?dryRun=true" : ""), sources.text(), "application/yaml");
        if (answer.status() == 422) {
            JsonNode findings = answer.json().path("findings");
            findings.forEach(finding -> terminal.warn(sources.located(finding)));
            // The server's own sentence counts the lines of all files together.
            terminal.warn("tiphys: "
                    + (findings.isEmpty()
                            ? connection.reason(answer)
                            : dryRun ? "with this, apply would change nothing" : "nothing was changed"));
            return 1;
        }
        JsonNode body = connection.good(answer).json();
        body.path("warnings").forEach(finding -> terminal.warn(sources.located(finding)));
        for (String outcome : OUTCOMES) {
            for (JsonNode definition : body.path(outcome)) {
                terminal.print(name(definition) + " " + (dryRun ? "would be " : "") + outcome);
            }
        }
        return 0;
    }

    private static String name(JsonNode definition) {
        return definition.isTextual()
                ? definition.asText()
                : definition.path("kind").asText() + "/"
                        + definition.path("name").asText();
    }
}
