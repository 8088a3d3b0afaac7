package dev.tiphys.syncer.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.contracts.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which fields managers own, as the {@code fieldsV1} of an object's {@code managedFields} tell. A node without children is
 * a field that is owned as a whole: a value, or a list or map that the schema calls atomic.
 */
final class FieldSet {
    /** The start of a child that is a field, an item by its keys, an item by its value. */
    private static final String FIELD = "f:";

    private static final String ITEM = "k:";
    private static final String VALUE = "v:";

    static final FieldSet NONE = new FieldSet();

    private final Map<String, FieldSet> children = new TreeMap<>();

    private FieldSet() {}

    /** What a manager applied, over all versions in which it did. */
    static FieldSet appliedBy(String manager, JsonNode live) {
        FieldSet set = new FieldSet();
        for (JsonNode entry : live.path("metadata").path("managedFields")) {
            if (manager.equals(entry.path("manager").asText())
                    && "Apply".equals(entry.path("operation").asText())
                    && entry.path("subresource").asText("").isEmpty()) {
                set.add(entry.path("fieldsV1"));
            }
        }
        return set;
    }

    /** What anybody owns: it shows how the schema structures the object. */
    static FieldSet ofAll(JsonNode live) {
        FieldSet set = new FieldSet();
        live.path("metadata").path("managedFields").forEach(entry -> set.add(entry.path("fieldsV1")));
        return set;
    }

    private void add(JsonNode fields) {
        for (Map.Entry<String, JsonNode> entry : fields.properties()) {
            if (!".".equals(entry.getKey())) {
                children.computeIfAbsent(entry.getKey(), _ -> new FieldSet()).add(entry.getValue());
            }
        }
    }

    boolean isEmpty() {
        return children.isEmpty();
    }

    Map<String, FieldSet> children() {
        return children;
    }

    Optional<FieldSet> field(String name) {
        return Optional.ofNullable(children.get(FIELD + name));
    }

    Optional<FieldSet> child(String element) {
        return Optional.ofNullable(children.get(element));
    }

    static Optional<String> fieldName(String element) {
        return element.startsWith(FIELD) ? Optional.of(element.substring(FIELD.length())) : Optional.empty();
    }

    static boolean isItem(String element) {
        return element.startsWith(ITEM) || element.startsWith(VALUE);
    }

    /** The names of the fields that tell the items of this list apart; empty if it is not such a list. */
    List<String> itemKeys() {
        for (String element : children.keySet()) {
            Optional<ObjectNode> keys = keysOf(element);
            if (keys.isPresent()) {
                List<String> names = new ArrayList<>();
                keys.get().fieldNames().forEachRemaining(names::add);
                return names;
            }
        }
        return List.of();
    }

    boolean isSet() {
        return children.keySet().stream().anyMatch(element -> element.startsWith(VALUE));
    }

    static Optional<ObjectNode> keysOf(String element) {
        return element.startsWith(ITEM) && json(element) instanceof ObjectNode keys
                ? Optional.of(keys)
                : Optional.empty();
    }

    static Optional<JsonNode> valueOf(String element) {
        return element.startsWith(VALUE) ? Optional.of(json(element)) : Optional.empty();
    }

    private static JsonNode json(String element) {
        try {
            return Json.mapper().readTree(element.substring(ITEM.length()));
        } catch (JsonProcessingException _) {
            // a server that writes no JSON here tells nothing about the item; it is compared without
            return Json.mapper().missingNode();
        }
    }
}
