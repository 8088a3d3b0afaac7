package dev.tiphys.engine.trigger;

/** Whether a pipeline is started by an event. */
public sealed interface Match {

    /** It is. */
    record Starts() implements Match {}

    /**
     * It is not.
     *
     * @param passed how many conditions held before this one
     */
    record Fails(String condition, String expected, String met, int passed) implements Match {}

    /** It depends on the changed paths, which nobody told. */
    record NeedsPaths() implements Match {}
}
