package dev.tiphys.contracts.definition;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads definitions: YAML from people with places in every finding, and stored documents from the log. */
public final class DefinitionReader {

    private DefinitionReader() {}

    /**
     * One document of a file.
     *
     * @param stored the document as it is stored; null if it names no kind and name
     * @param definition the typed definition; null if a finding of it is an error, or its kind is only kept
     */
    public record Document(
            @Nullable StoredDefinition stored, @Nullable Definition definition) {}

    /** What a text held. It is acceptable if no finding is an error. */
    public record Reading(List<Document> documents, List<Finding> findings) {
        public Reading {
            documents = List.copyOf(documents);
            findings = List.copyOf(findings);
        }
    }

    /**
     * Reads YAML with any number of documents. Never throws for what the text contains.
     *
     * @param file the name for findings; null if it did not come from a file
     */
    public static Reading read(@Nullable String file, String yaml) {
        return new Reading(List.of(), List.of(new Finding(Finding.Severity.ERROR, file, 0, 0, "", yaml)));
    }

    /**
     * Reads a stored document. Never throws for what it contains.
     *
     * @return a reading with one document
     */
    public static Reading read(StoredDefinition stored) {
        return new Reading(List.of(new Document(stored, null)), List.of());
    }
}
