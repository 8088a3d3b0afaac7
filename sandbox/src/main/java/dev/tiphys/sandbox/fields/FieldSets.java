package dev.tiphys.sandbox.fields;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The field sets of objects, their differences, and their form in {@code fieldsV1}. */
final class FieldSets {

    private final Shapes shapes;

    FieldSets(Shapes shapes) {
        this.shapes = shapes;
    }

    /** Whether two values mean the same: 1 and 1.0 do, whatever Java type holds them. */
    static boolean same(@Nullable JsonNode left, @Nullable JsonNode right) {
        if (left == null || right == null) {
            return left == null && right == null;
        }
        return left.equals(
                (one, other) -> {
                    if (one.isNumber() && other.isNumber()) {
                        return one.decimalValue().compareTo(other.decimalValue());
                    }
                    return one.equals(other) ? 0 : 1;
                },
                right);
    }

    /** Every leaf of the object, and every item of a keyed list. */
    Set<FieldPath> of(JsonNode object) {
        Map<FieldPath, JsonNode> leaves = new LinkedHashMap<>();
        collect(object, FieldPath.ROOT, List.of(), leaves);
        return leaves.keySet();
    }

    /** The leaves whose value is new or another in {@code after}. */
    Set<FieldPath> changed(JsonNode before, JsonNode after) {
        Map<FieldPath, JsonNode> old = leaves(before);
        Set<FieldPath> changed = new HashSet<>();
        leaves(after).forEach((path, value) -> {
            JsonNode was = old.get(path);
            boolean bothItems = was != null && path.elements().getLast() instanceof PathElement.Item;
            if (!bothItems && !same(was, value)) {
                changed.add(path);
            }
        });
        return changed;
    }

    /** The leaves of {@code before} that {@code after} no longer has. */
    Set<FieldPath> removed(JsonNode before, JsonNode after) {
        Set<FieldPath> gone = new HashSet<>(of(before));
        gone.removeAll(of(after));
        return gone;
    }

    private Map<FieldPath, JsonNode> leaves(JsonNode object) {
        Map<FieldPath, JsonNode> leaves = new HashMap<>();
        collect(object, FieldPath.ROOT, List.of(), leaves);
        return leaves;
    }

    private void collect(JsonNode value, FieldPath at, List<String> fields, Map<FieldPath, JsonNode> leaves) {
        boolean root = at.depth() == 0;
        if (value instanceof ObjectNode object && !object.isEmpty() && (root || !shapes.isAtomicMap(fields))) {
            object.properties()
                    .forEach(field -> collect(
                            field.getValue(),
                            at.then(new PathElement.Field(field.getKey())),
                            with(fields, field.getKey()),
                            leaves));
            return;
        }
        if (value instanceof ArrayNode list && !list.isEmpty()) {
            Optional<Map<PathElement, JsonNode>> items = items(list, shapes.listAt(fields));
            if (items.isPresent()) {
                items.get().forEach((element, item) -> {
                    FieldPath path = at.then(element);
                    leaves.put(path, item);
                    if (element instanceof PathElement.Item) {
                        collect(item, path, fields, leaves);
                    }
                });
                return;
            }
        }
        if (!root && !(at.elements().getLast() instanceof PathElement.Item)) {
            leaves.put(at, value);
        }
    }

    /** The items of a list by identity, or empty if it is one value, by its shape or because an item has no identity. */
    static Optional<Map<PathElement, JsonNode>> items(ArrayNode list, ListShape shape) {
        Map<PathElement, JsonNode> items = new LinkedHashMap<>();
        for (JsonNode item : list) {
            switch (shape) {
                case ListShape.Atomic _ -> {
                    return Optional.empty();
                }
                case ListShape.SetOf _ -> items.put(new PathElement.Member(item), item);
                case ListShape.Keyed keyed -> {
                    Optional<PathElement.Item> identity = keyed.identify(item);
                    if (identity.isEmpty() || items.put(identity.get(), item) != null) {
                        return Optional.empty();
                    }
                }
            }
        }
        return shape instanceof ListShape.Atomic ? Optional.empty() : Optional.of(items);
    }

    static List<String> with(List<String> fields, String next) {
        List<String> longer = new ArrayList<>(fields);
        longer.add(next);
        return longer;
    }

    /** Writes {@code fieldsV1}. */
    static ObjectNode encode(Set<FieldPath> set) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        set.stream()
                .map(path -> path.elements().stream().map(PathElement::encoded).toList())
                .sorted(Comparator.comparing(elements -> String.join("\u0000", elements)))
                .forEach(elements -> {
                    ObjectNode here = root;
                    for (String element : elements) {
                        here = here.withObjectProperty(element);
                    }
                    here.withObjectProperty(".");
                });
        dropLonelyDots(root);
        return root;
    }

    /** Reads what {@link #encode} wrote; unreadable elements are an {@link IllegalArgumentException}. */
    static Set<FieldPath> decode(JsonNode fields) {
        Set<FieldPath> set = new HashSet<>();
        decode(fields, FieldPath.ROOT, set);
        return set;
    }

    private static void decode(JsonNode node, FieldPath at, Set<FieldPath> set) {
        if (at.depth() > 0 && (node.isEmpty() || node.has("."))) {
            set.add(at);
        }
        node.properties().stream()
                .filter(child -> !child.getKey().equals("."))
                .forEach(child -> decode(child.getValue(), at.then(PathElement.decode(child.getKey())), set));
    }

    private static void dropLonelyDots(ObjectNode node) {
        if (node.size() == 1 && node.has(".")) {
            node.removeAll();
            return;
        }
        node.properties().stream()
                .filter(child -> !child.getKey().equals("."))
                .forEach(child -> dropLonelyDots((ObjectNode) child.getValue()));
    }
}
