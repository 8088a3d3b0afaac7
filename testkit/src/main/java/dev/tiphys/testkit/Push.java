package dev.tiphys.testkit;

/**
 * A reference that moved.
 *
 * @param ref its full name, {@code refs/heads/main} or {@code refs/tags/v1}
 * @param before where it was, {@link #NOWHERE} if it is new
 * @param after where it is, {@link #NOWHERE} if it is gone
 */
public record Push(TestRepository repository, String ref, String before, String after) {
    /** Forty zeros: where a reference is that does not exist. */
    public static final String NOWHERE = "0".repeat(40);
}
