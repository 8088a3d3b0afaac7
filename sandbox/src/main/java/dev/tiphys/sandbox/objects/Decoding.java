package dev.tiphys.sandbox.objects;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;

/** The type mistakes that a decoder refuses; a few that people make, since the sandbox has no schema of the built-in kinds. */
final class Decoding {

    private Decoding() {}

    /**
     * Checks the types of some fields.
     *
     * @throws ApiFailure 400 if one has the wrong type
     */
    static void check(ResourceType type, JsonNode body) {
        if (type.isCustom()) {
            return;
        }
        JsonNode replicas = body.path("spec").path("replicas");
        if (type.has("scale") && !replicas.isMissingNode() && !replicas.isNull() && !replicas.isIntegralNumber()) {
            throw mismatch(type, "spec.replicas", replicas, "int32");
        }
        for (String field : List.of("labels", "annotations")) {
            texts(type, body.path("metadata").path(field), "metadata." + field);
        }
        if (type.group().isEmpty()
                && (type.kind().equals("ConfigMap") || type.kind().equals("Secret"))) {
            texts(type, body.path("data"), "data");
            texts(type, body.path("stringData"), "stringData");
        }
    }

    private static void texts(ResourceType type, JsonNode map, String at) {
        map.properties().forEach(field -> {
            if (!field.getValue().isTextual() && !field.getValue().isNull()) {
                throw mismatch(type, at + "." + field.getKey(), field.getValue(), "string");
            }
        });
    }

    private static ApiFailure mismatch(ResourceType type, String field, JsonNode value, String wanted) {
        return ApiFailure.badRequest(type.kind() + " in version \"" + type.version() + "\" cannot be handled as a "
                + type.kind() + ": json: cannot unmarshal "
                + value.getNodeType().name().toLowerCase(Locale.ROOT) + " into Go struct field " + type.kind()
                + "." + field + " of type " + wanted);
    }
}
