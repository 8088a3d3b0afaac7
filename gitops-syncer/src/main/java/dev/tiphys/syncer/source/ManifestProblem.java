package dev.tiphys.syncer.source;

/**
 * What is wrong with a file.
 *
 * @param file the path in the repository; empty if it is about no file
 * @param line from 1; 0 if it is about the whole file
 * @param column from 1; 0 if unknown
 * @param message what is wrong, what was expected, and what to do
 */
public record ManifestProblem(String file, int line, int column, String message) {

    /** {@return {@code file:line:column: message} with the parts that are known} */
    public String text() {
        if (file.isEmpty()) {
            return message;
        }
        if (line == 0) {
            return file + ": " + message;
        }
        return file + ":" + line + (column == 0 ? "" : ":" + column) + ": " + message;
    }
}
