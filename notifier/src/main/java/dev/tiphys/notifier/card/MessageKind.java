package dev.tiphys.notifier.card;

import java.util.Locale;

/** What a message is for. */
public enum MessageKind {
    /** The run's card: posted once, then edited. */
    CARD,
    /** A step failed. */
    FAILURE,
    /** A step cannot go on until a person mends something. */
    STUCK,
    /** A person is asked to approve or reject. */
    APPROVAL,
    /** A run ended otherwise than hoped. */
    OUTCOME,
    /** A notify step's own text. */
    NOTICE;

    /** {@return the word in keys and answers} */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
