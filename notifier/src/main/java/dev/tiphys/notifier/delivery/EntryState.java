package dev.tiphys.notifier.delivery;

import java.util.Locale;

/** Where an entry of the ledger stands. */
public enum EntryState {
    /** It is to be sent. */
    PLANNED,
    /** It is being sent, or was when a process ended. */
    SENDING,
    SENT,
    /** It was not sent, on purpose. */
    SUPPRESSED,
    /** The channel did not take it. */
    REFUSED,
    /** Nobody knows whether it arrived. */
    UNKNOWN;

    /** {@return the word in answers} */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
