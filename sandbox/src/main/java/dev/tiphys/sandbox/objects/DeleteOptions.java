package dev.tiphys.sandbox.objects;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * How to delete.
 *
 * @param propagation {@code Background}, {@code Foreground} or {@code Orphan}
 * @param uid the uid that the object must have, or empty
 * @param resourceVersion the version that the object must have, or empty
 */
public record DeleteOptions(String propagation, String uid, String resourceVersion, boolean dryRun) {

    /** What owns nothing more is deleted later by the garbage collector. */
    public static final DeleteOptions BACKGROUND = new DeleteOptions("Background", "", "", false);

    /** Reads the body of a request. */
    public static DeleteOptions read(JsonNode body, String propagationParameter, boolean dryRunParameter) {
        String inBody = body.path("propagationPolicy").asText("");
        String propagation = inBody.isEmpty() ? propagationParameter : inBody;
        if (propagation.isEmpty()) {
            propagation = body.path("orphanDependents").asBoolean() ? "Orphan" : "Background";
        }
        JsonNode conditions = body.path("preconditions");
        return new DeleteOptions(
                propagation,
                conditions.path("uid").asText(""),
                conditions.path("resourceVersion").asText(""),
                dryRunParameter || !body.path("dryRun").isEmpty());
    }
}
