package dev.tiphys.engine.trigger.http;

import dev.tiphys.contracts.definition.Definition;
import dev.tiphys.contracts.definition.DefinitionReader;
import dev.tiphys.contracts.definition.Finding;
import dev.tiphys.engine.run.Library;
import dev.tiphys.engine.trigger.EditedLibrary;
import dev.tiphys.platform.http.ProblemException;
import java.util.ArrayList;
import java.util.List;

/** Reads what somebody tries out. */
final class Trials {
    private Trials() {}

    /** {@return the definitions with those of a text instead of theirs} A text with errors is answered with 422 and their places. */
    static Library library(Library now, String yaml) {
        if (yaml.isBlank()) {
            return now;
        }
        DefinitionReader.Reading reading = DefinitionReader.read(null, yaml);
        if (!reading.acceptable()) {
            Finding first = reading.findings().stream()
                    .filter(finding -> finding.severity() == Finding.Severity.ERROR)
                    .findFirst()
                    .orElseThrow();
            throw ProblemException.unprocessable("the definitions are wrong: " + first.text(), reading.findings());
        }
        List<Definition> edited = new ArrayList<>();
        for (DefinitionReader.Document document : reading.documents()) {
            Definition definition = document.definition();
            if (definition != null) {
                edited.add(definition);
            }
        }
        return new EditedLibrary(now, edited);
    }
}
