package dev.tiphys.contracts.definition;

import org.jspecify.annotations.Nullable;

/**
 * Something about a definition that its author should know.
 *
 * @param file the file's name as the author knows it; null if it did not come from a file
 * @param line from 1; 0 if unknown
 * @param column from 1; 0 if unknown
 * @param path where in the document, for example {@code spec.steps[2].jenkins.server}; may be empty
 * @param message what is wrong, what was expected, and what to do
 */
public record Finding(Severity severity, @Nullable String file, int line, int column, String path, String message) {

    /** Whether it keeps the definition out. */
    public enum Severity {
        ERROR,
        WARNING
    }

    /** {@return {@code file:line:column: path: message}, with only the parts that are known} */
    public String text() {
        StringBuilder text = new StringBuilder();
        if (file != null) {
            text.append(file).append(':');
        }
        if (line > 0) {
            text.append(line).append(':').append(column).append(':');
        }
        if (!text.isEmpty()) {
            text.append(' ');
        }
        if (!path.isEmpty()) {
            text.append(path).append(": ");
        }
        return text.append(message).toString();
    }
}
