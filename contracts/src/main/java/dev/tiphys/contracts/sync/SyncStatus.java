package dev.tiphys.contracts.sync;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Whether the cluster is as the revision says, in Argo CD's words. */
public enum SyncStatus {
    SYNCED("Synced"),
    OUT_OF_SYNC("OutOfSync"),
    UNKNOWN("Unknown");

    private final String word;

    SyncStatus(String word) {
        this.word = word;
    }

    /** {@return Argo CD's word} */
    @JsonValue
    public String word() {
        return word;
    }

    /** {@return the status of Argo CD's word} */
    @JsonCreator
    public static SyncStatus of(String word) {
        for (SyncStatus status : values()) {
            if (status.word.equals(word)) {
                return status;
            }
        }
        throw new IllegalArgumentException("there is no status " + word);
    }
}
