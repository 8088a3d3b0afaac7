package dev.tiphys.engine.run;

import java.util.List;

/** What an input leads to. */
public sealed interface Decision {

    /** Facts, in order; at least one. */
    record Accepted(List<RunEvent> events) implements Decision {
        public Accepted {
            events = List.copyOf(events);
        }
    }

    /** Nothing, for a reason. */
    record Refused(Refusal why, String detail) implements Decision {}

    /** Why an input leads to nothing. */
    enum Refusal {
        /** It was handled before. */
        DUPLICATE,
        /** There is no such run or step. */
        UNKNOWN,
        /** It is about an attempt, a command or a moment that is over. */
        STALE,
        /** The run or step is not in a state for it. */
        NOT_NOW,
        /** It is not allowed as it is. */
        INVALID
    }
}
