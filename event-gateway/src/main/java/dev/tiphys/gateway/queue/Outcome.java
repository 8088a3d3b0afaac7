package dev.tiphys.gateway.queue;

/** What is to be done with a message after it was handled. */
public sealed interface Outcome {

    /** It is on the log, or parked, or nothing: take it from the queue. */
    record Settled(Verdict verdict) implements Outcome {}

    /** It cannot become an event, and will be tried again before it is parked: give it back for a while. */
    record Failed(String reason) implements Outcome {}

    /**
     * It is to be parked, and the parking lot is away, which is neither the message's fault nor the others' concern: give it
     * back without counting that, and read on.
     */
    record Unparked(String reason) implements Outcome {}

    /** The log is away, which is not the message's fault: keep it, and read no more. */
    record Away(String reason) implements Outcome {}

    /** {@return the word of metrics and spans for what went wrong; empty if nothing did} */
    default String errorType() {
        return switch (this) {
            case Settled(var verdict) -> verdict == Verdict.PARKED ? "parked" : "";
            case Failed _ -> "failed";
            case Unparked _, Away _ -> "unavailable";
        };
    }

    /** A word for what became of a message. */
    enum Verdict {
        ACCEPTED,
        DUPLICATE,
        IRRELEVANT,
        PARKED
    }
}
