package dev.tiphys.contracts.cloudevent;

/** What a record on the log turned out to be. */
public sealed interface Decoded {

    /** An event that this version knows. */
    record Known(CloudEvent<?> event) implements Decoded {}

    /** A well-formed event of a type that this version does not know: readers pass over it. */
    record Unknown(String type, String id) implements Decoded {}

    /** A null value: its key is deleted from a compacted topic. */
    record Deleted() implements Decoded {}

    /** Not an event: the reader puts it to the dead letters with this reason and goes on. */
    record Unreadable(String reason) implements Decoded {}
}
