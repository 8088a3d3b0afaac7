package dev.tiphys.gateway.definitions;

/**
 * A set of files that definitions come from.
 *
 * @param whole whether everything of the set was read: then what was applied from it before and is not there is deleted
 */
public record FileSet(String name, boolean whole) {
    public FileSet {
        if (name.isBlank() || name.length() > 500) {
            throw new IllegalArgumentException("the name of a set of files has 1 to 500 signs");
        }
    }
}
