package dev.tiphys.syncer.source;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** Turns the text of a file into trees. */
public interface ManifestParser {

    /**
     * Parses YAML or JSON, by the file's name. Empty documents are left out. Trees are fresh; the caller may share them.
     *
     * @return the documents, and the problem that ended the reading early, if there is one
     */
    Parsed parse(SourceFile file);

    /** A document and the line where it begins, from 1; {@code itemLines} are those of its {@code items}, if it has any. */
    record Document(JsonNode tree, int line, List<Integer> itemLines) {
        public Document {
            itemLines = List.copyOf(itemLines);
        }
    }

    /** What a file held. */
    record Parsed(List<Document> documents, List<ManifestProblem> problems) {
        public Parsed {
            documents = List.copyOf(documents);
            problems = List.copyOf(problems);
        }
    }
}
