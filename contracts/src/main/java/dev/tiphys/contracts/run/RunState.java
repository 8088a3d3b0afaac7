package dev.tiphys.contracts.run;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where a run or a step stands, in the words of the HTTP interface. */
public enum RunState {
    /** Not begun: it waits for its turn. */
    PENDING,
    /** At work. */
    RUNNING,
    /** At work outside, or waiting for something that its wait names. */
    WAITING,
    SUCCEEDED,
    FAILED,
    /** It cannot go on until a person mends something. */
    STUCK,
    CANCELLED,
    /** Its condition was false, or what it needs did not succeed. */
    SKIPPED,
    /** A newer run took its place before it began. */
    SUPERSEDED;

    /** {@return whether this state never changes again, but by a retry that a person asks for} */
    public boolean finished() {
        return switch (this) {
            case PENDING, RUNNING, WAITING -> false;
            case SUCCEEDED, FAILED, STUCK, CANCELLED, SKIPPED, SUPERSEDED -> true;
        };
    }

    /** {@return the word on the log and in answers} */
    @JsonValue
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** {@return the state of a word, in any case} */
    @JsonCreator
    public static RunState of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
