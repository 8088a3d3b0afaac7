package dev.tiphys.gateway.sender;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Fields of a payload by which whoever reads it could act: tokens, and addresses that need no other proof. */
final class Capabilities {
    private Capabilities() {}

    /** {@return the payload without the fields; null if it has none of them} */
    static @Nullable JsonNode removed(JsonNode body, Collection<String> fields) {
        if (!(body instanceof ObjectNode object) || fields.stream().noneMatch(object::has)) {
            return null;
        }
        ObjectNode copy = object.objectNode().setAll(object);
        return copy.remove(fields);
    }
}
