package dev.tiphys.sandbox.fields;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON patch (RFC 6902), JSON merge patch (RFC 7386) and Kubernetes' strategic merge patch. The target is never changed. */
public final class Patches {

    private Patches() {}

    /**
     * Applies a list of operations.
     *
     * @throws IllegalArgumentException if an operation does not fit the target or a test fails; nothing is applied then
     */
    public static JsonNode json(JsonNode target, JsonNode operations) {
        JsonNode patched = target.deepCopy();
        for (JsonNode operation : operations) {
            JsonPointer path = pointer(operation, "path");
            String name = operation.path("op").asText();
            switch (name) {
                case "add" -> patched = put(patched, path, given(operation), false);
                case "replace" -> {
                    at(patched, path);
                    patched = put(patched, path, given(operation), true);
                }
                case "remove" -> remove(patched, path);
                case "copy" ->
                    patched = put(
                            patched,
                            path,
                            at(patched, pointer(operation, "from")).deepCopy(),
                            false);
                case "move" -> {
                    JsonNode moved = at(patched, pointer(operation, "from"));
                    remove(patched, pointer(operation, "from"));
                    patched = put(patched, path, moved, false);
                }
                case "test" -> {
                    if (!FieldSets.same(at(patched, path), given(operation))) {
                        throw new IllegalArgumentException(
                                "testing value " + path + " failed: it is " + at(patched, path));
                    }
                }
                default -> throw new IllegalArgumentException("unknown patch operation \"" + name + "\"");
            }
        }
        return patched;
    }

    /** Lays a merge patch over the target: null removes, an object is merged, all else replaces. */
    public static JsonNode merge(JsonNode target, JsonNode patch) {
        if (!(patch instanceof ObjectNode changes)) {
            return patch.deepCopy();
        }
        ObjectNode merged = target instanceof ObjectNode object ? object.deepCopy() : empty();
        changes.properties().forEach(change -> {
            if (change.getValue().isNull()) {
                merged.remove(change.getKey());
            } else {
                merged.set(change.getKey(), merge(merged.path(change.getKey()), change.getValue()));
            }
        });
        return merged;
    }

    /** Lays a strategic merge patch over the target: keyed lists are merged by their first key, directives are obeyed. */
    public static ObjectNode strategic(ObjectNode target, ObjectNode patch, Shapes shapes) {
        return strategic(target, patch, shapes, List.of());
    }

    private static ObjectNode strategic(ObjectNode target, ObjectNode patch, Shapes shapes, List<String> fields) {
        if (patch.path("$patch").asText().equals("replace")) {
            ObjectNode replaced = patch.deepCopy();
            replaced.remove("$patch");
            return replaced;
        }
        ObjectNode merged = target.deepCopy();
        if (patch.get("$retainKeys") instanceof ArrayNode retained) {
            List<String> keep = new ArrayList<>();
            retained.forEach(key -> keep.add(key.asText()));
            merged.retain(keep);
        }
        patch.properties().forEach(change -> {
            String name = change.getKey();
            JsonNode value = change.getValue();
            if (name.startsWith("$deleteFromPrimitiveList/")) {
                deleteMembers(merged.get(name.substring(name.indexOf('/') + 1)), value);
            } else if (name.startsWith("$")) {
                return;
            } else if (value.isNull() || value.path("$patch").asText().equals("delete")) {
                merged.remove(name);
            } else {
                merged.set(name, strategicValue(merged.get(name), value, shapes, FieldSets.with(fields, name)));
            }
        });
        patch.properties().stream()
                .filter(change -> change.getKey().startsWith("$setElementOrder/"))
                .forEach(change -> {
                    String name = change.getKey().substring(change.getKey().indexOf('/') + 1);
                    if (merged.get(name) instanceof ArrayNode list) {
                        merged.set(name, ordered(list, change.getValue(), key(shapes, FieldSets.with(fields, name))));
                    }
                });
        return merged;
    }

    private static JsonNode strategicValue(@Nullable JsonNode old, JsonNode value, Shapes shapes, List<String> fields) {
        if (value instanceof ObjectNode changes) {
            return strategic(old instanceof ObjectNode object ? object : empty(), changes, shapes, fields);
        }
        if (!(value instanceof ArrayNode items)) {
            return value.deepCopy();
        }
        ArrayNode before = old instanceof ArrayNode list ? list : JsonNodeFactory.instance.arrayNode();
        return switch (shapes.listAt(fields)) {
            case ListShape.Atomic _ -> items.deepCopy();
            case ListShape.SetOf _ -> {
                ArrayNode all = before.deepCopy();
                for (JsonNode item : items) {
                    boolean there = false;
                    for (JsonNode member : all) {
                        there |= FieldSets.same(member, item);
                    }
                    if (!there) {
                        all.add(item);
                    }
                }
                yield all;
            }
            case ListShape.Keyed keyed ->
                strategicItems(before, items, keyed.keys().getFirst().name(), shapes, fields);
        };
    }

    private static ArrayNode strategicItems(
            ArrayNode before, ArrayNode changes, String key, Shapes shapes, List<String> fields) {
        Map<JsonNode, JsonNode> merged = new LinkedHashMap<>();
        before.forEach(item -> merged.put(item.path(key), item));
        for (JsonNode change : changes) {
            switch (change.path("$patch").asText()) {
                case "replace" -> merged.clear();
                case "delete" -> merged.remove(change.path(key));
                default -> {
                    JsonNode old = merged.get(change.path(key));
                    merged.put(change.path(key), strategicValue(old, change, shapes, fields));
                }
            }
        }
        return JsonNodeFactory.instance.arrayNode().addAll(merged.values());
    }

    private static String key(Shapes shapes, List<String> fields) {
        return shapes.listAt(fields) instanceof ListShape.Keyed keyed
                ? keyed.keys().getFirst().name()
                : "";
    }

    /** The items that the order names stand in its order, in the places that they held together; others stay. */
    private static ArrayNode ordered(ArrayNode list, JsonNode order, String key) {
        List<JsonNode> wanted = new ArrayList<>();
        order.forEach(item -> wanted.add(identity(item, key)));
        List<JsonNode> named = new ArrayList<>();
        list.forEach(item -> {
            if (wanted.contains(identity(item, key))) {
                named.add(item);
            }
        });
        named.sort(Comparator.comparingInt(item -> wanted.indexOf(identity(item, key))));
        Iterator<JsonNode> next = named.iterator();
        ArrayNode sorted = JsonNodeFactory.instance.arrayNode();
        list.forEach(item -> sorted.add(wanted.contains(identity(item, key)) ? next.next() : item));
        return sorted;
    }

    private static JsonNode identity(JsonNode item, String key) {
        return item.isObject() ? item.path(key) : item;
    }

    private static void deleteMembers(@Nullable JsonNode list, JsonNode members) {
        if (list instanceof ArrayNode array) {
            for (JsonNode member : members) {
                array.removeIf(item -> FieldSets.same(item, member));
            }
        }
    }

    private static JsonPointer pointer(JsonNode operation, String field) {
        String text = operation.path(field).asText("");
        if (!text.isEmpty() && !text.startsWith("/")) {
            throw new IllegalArgumentException("patch " + field + " \"" + text + "\" is no JSON pointer");
        }
        return JsonPointer.compile(text);
    }

    private static JsonNode given(JsonNode operation) {
        JsonNode value = operation.get("value");
        if (value == null) {
            throw new IllegalArgumentException(
                    "patch operation without a value: " + operation.path("path").asText());
        }
        return value.deepCopy();
    }

    private static JsonNode at(JsonNode target, JsonPointer path) {
        JsonNode value = target.at(path);
        if (value.isMissingNode()) {
            throw new IllegalArgumentException("the path " + path + " does not exist");
        }
        return value;
    }

    private static JsonNode put(JsonNode target, JsonPointer path, JsonNode value, boolean replace) {
        if (path.matches()) {
            return value;
        }
        String name = path.last().getMatchingProperty();
        JsonNode parent = at(target, path.head());
        if (parent instanceof ObjectNode object) {
            object.set(name, value);
            return target;
        }
        if (!(parent instanceof ArrayNode list)) {
            throw new IllegalArgumentException("the path " + path + " leads into a scalar");
        }
        int index = name.equals("-") ? list.size() : path.last().getMatchingIndex();
        if (index < 0 || index > list.size()) {
            throw new IllegalArgumentException("the index of " + path + " is outside of the list");
        }
        if (replace) {
            list.set(index, value);
        } else {
            list.insert(index, value);
        }
        return target;
    }

    private static void remove(JsonNode target, JsonPointer path) {
        at(target, path);
        JsonNode parent = target.at(path.head());
        if (parent instanceof ObjectNode object) {
            object.remove(path.last().getMatchingProperty());
        } else if (parent instanceof ArrayNode list) {
            list.remove(path.last().getMatchingIndex());
        }
    }

    private static ObjectNode empty() {
        return JsonNodeFactory.instance.objectNode();
    }
}
