package dev.tiphys.sandbox.fields;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** How the items of a list are told apart when two versions of it are merged. */
public sealed interface ListShape {

    /** One value as a whole. */
    record Atomic() implements ListShape {}

    /** Scalars without order or repetition. */
    record SetOf() implements ListShape {}

    /** Objects that are the same when these keys are. */
    record Keyed(List<Key> keys) implements ListShape {
        public Keyed {
            keys = List.copyOf(keys);
        }

        /** The item's identity, or empty if it lacks a key that has no default. */
        Optional<PathElement.Item> identify(JsonNode item) {
            Map<String, JsonNode> identity = new TreeMap<>();
            for (Key key : keys) {
                JsonNode value = item.get(key.name());
                if (value != null && !value.isNull()) {
                    identity.put(key.name(), value);
                } else if (!key.fallback().isEmpty()) {
                    identity.put(key.name(), TextNode.valueOf(key.fallback()));
                }
            }
            return item instanceof ObjectNode && !identity.isEmpty()
                    ? Optional.of(new PathElement.Item(identity))
                    : Optional.empty();
        }
    }

    /** A key field; an absent one means its fallback, if that is not empty. */
    record Key(String name, String fallback) {}

    /** A keyed list; {@code name=fallback} gives a key its default. */
    static ListShape keyed(String... keys) {
        return new Keyed(List.of(keys).stream()
                .map(key -> key.split("=", 2))
                .map(parts -> new Key(parts[0], parts.length == 1 ? "" : parts[1]))
                .toList());
    }
}
