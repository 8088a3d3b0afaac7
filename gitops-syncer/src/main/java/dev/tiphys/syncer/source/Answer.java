package dev.tiphys.syncer.source;

/**
 * What a repository answered.
 *
 * @param <T> what was asked for
 */
public sealed interface Answer<T> {

    /** It is there. */
    record Found<T>(T value) implements Answer<T> {}

    /** The server is away or too slow: ask again later; {@code why} is a sentence for a person. */
    record Waiting<T>(String why) implements Answer<T> {}

    /**
     * The server has no such commit now. The copies of one server may lag behind each other, so that it may come within minutes;
     * a commit that does not was forced away or never pushed. {@code why} is a sentence for a person.
     */
    record Absent<T>(String why) implements Answer<T> {}

    /** Asking again does not help until a person changes something; {@code why} is a sentence for that person. */
    record Stuck<T>(String why) implements Answer<T> {}
}
