package dev.tiphys.contracts.sync;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The health of an object or an application, from best to worst, in Argo CD's words and order. */
public enum HealthStatus {
    HEALTHY("Healthy"),
    SUSPENDED("Suspended"),
    PROGRESSING("Progressing"),
    MISSING("Missing"),
    DEGRADED("Degraded"),
    UNKNOWN("Unknown");

    private final String word;

    HealthStatus(String word) {
        this.word = word;
    }

    /** {@return Argo CD's word} */
    @JsonValue
    public String word() {
        return word;
    }

    /** {@return the status of Argo CD's word} */
    @JsonCreator
    public static HealthStatus of(String word) {
        for (HealthStatus status : values()) {
            if (status.word.equals(word)) {
                return status;
            }
        }
        throw new IllegalArgumentException("there is no status " + word);
    }
}
