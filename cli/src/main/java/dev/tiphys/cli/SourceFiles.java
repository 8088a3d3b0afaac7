package dev.tiphys.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The files of one {@code apply} as one text, so that the server takes all of them or none; a finding's line in that text is
 * led back to its file.
 */
final class SourceFiles {
    private record Part(String name, int firstLine) {}

    private final List<Part> parts = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private int lines;

    /** Adds a file, all YAML and JSON files below a directory, or what {@code -} reads. */
    void add(Path path, InputStream in) {
        try {
            if (path.toString().equals("-")) {
                append("stdin", new String(in.readAllBytes(), StandardCharsets.UTF_8));
                return;
            }
            if (Files.isDirectory(path)) {
                for (Path file : definitionsBelow(path)) {
                    append(file.toString(), Files.readString(file));
                }
                return;
            }
            append(path.toString(), Files.readString(path));
        } catch (IOException | UncheckedIOException e) {
            throw CommandFailed.wrongUse("cannot read " + path + ": is it there, and readable?");
        }
    }

    private static List<Path> definitionsBelow(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().matches(".*\\.(ya?ml|json)"))
                    .sorted()
                    .toList();
        }
    }

    private void append(String name, String content) {
        if (!text.isEmpty()) {
            text.append("---\n");
            lines++;
        }
        parts.add(new Part(name, lines + 1));
        String whole = content.endsWith("\n") || content.isEmpty() ? content : content + "\n";
        text.append(whole);
        lines += (int) whole.chars().filter(sign -> sign == '\n').count();
    }

    /** {@return whether there is anything to send} */
    boolean isEmpty() {
        return parts.isEmpty();
    }

    /** {@return the one text} */
    String text() {
        return text.toString();
    }

    /** {@return a finding as {@code file:line:column: severity: path: message}} */
    String located(JsonNode finding) {
        int line = finding.path("line").asInt();
        Part at = parts.getFirst();
        for (Part part : parts) {
            if (part.firstLine() <= line) {
                at = part;
            }
        }
        String path = finding.path("path").asText("");
        return (line == 0
                        ? at.name()
                        : at.name() + ":" + (line - at.firstLine() + 1) + ":"
                                + finding.path("column").asInt())
                + ": " + finding.path("severity").asText("error").toLowerCase(Locale.ROOT) + ": "
                + (path.isEmpty() ? "" : path + ": ")
                + finding.path("message").asText();
    }
}
