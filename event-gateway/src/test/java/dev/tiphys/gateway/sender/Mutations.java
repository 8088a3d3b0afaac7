package dev.tiphys.gateway.sender;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** A payload with one of its nodes in a form that nobody expects. */
final class Mutations {
    static final List<String> FORMS = List.of(
            "null",
            "[]",
            "{}",
            "\"\"",
            "-1",
            "1e999",
            "true",
            "\"\\u0000\"",
            "[null]",
            "{\"a\":[1]}",
            "9223372036854775808",
            "[".repeat(64) + "]".repeat(64),
            "[".repeat(200) + "]".repeat(200));

    private static final String HERE = "@@here@@";

    private Mutations() {}

    /** {@return the payload with the node in a form} */
    static String replaced(JsonNode payload, String pointer, String form) {
        return changed(payload, pointer, /* remove= */ false).toString().replace('"' + HERE + '"', form);
    }

    /** {@return the payload without the node} */
    static String missing(JsonNode payload, String pointer) {
        return changed(payload, pointer, /* remove= */ true).toString();
    }

    /** {@return where its nodes are} */
    static List<String> pointers(JsonNode payload) {
        List<String> pointers = new ArrayList<>();
        collect(payload, "", pointers);
        return pointers;
    }

    private static JsonNode changed(JsonNode payload, String pointer, boolean remove) {
        JsonNode copy = payload.deepCopy();
        int slash = pointer.lastIndexOf('/');
        JsonNode parent = copy.at(pointer.substring(0, slash));
        String name = pointer.substring(slash + 1).replace("~1", "/").replace("~0", "~");
        if (parent instanceof ObjectNode object) {
            object.put(name, HERE);
            if (remove) {
                object.remove(name);
            }
        } else if (parent instanceof ArrayNode array) {
            array.set(Integer.parseInt(name), HERE);
            if (remove) {
                array.remove(Integer.parseInt(name));
            }
        }
        return copy;
    }

    private static void collect(JsonNode node, String at, List<String> pointers) {
        if (!at.isEmpty()) {
            pointers.add(at);
        }
        node.properties()
                .forEach(field -> collect(
                        field.getValue(),
                        at + "/" + field.getKey().replace("~", "~0").replace("/", "~1"),
                        pointers));
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            collect(node.get(i), at + "/" + i, pointers);
        }
    }
}
