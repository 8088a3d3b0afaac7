package dev.tiphys.sandbox.fields;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/** One step of a {@link FieldPath}. */
sealed interface PathElement {

    /** A field of an object. */
    record Field(String name) implements PathElement {}

    /** The item of a keyed list that has these key fields. */
    record Item(Map<String, JsonNode> keys) implements PathElement {
        public Item {
            keys = Map.copyOf(keys);
        }
    }

    /** A member of a list that is a set. */
    record Member(JsonNode value) implements PathElement {}

    /** As {@code fieldsV1} writes it. */
    default String encoded() {
        return switch (this) {
            case Field(String name) -> "f:" + name;
            case Item(Map<String, JsonNode> keys) -> {
                ObjectNode sorted = JsonNodeFactory.instance.objectNode();
                new TreeMap<>(keys).forEach(sorted::set);
                yield "k:" + sorted;
            }
            case Member(JsonNode value) -> "v:" + value;
        };
    }

    /** As a conflict message writes it: {@code .image}, {@code [name="web"]}, {@code ["a"]}. */
    default String text() {
        return switch (this) {
            case Field(String name) -> "." + name;
            case Item(Map<String, JsonNode> keys) -> {
                StringBuilder text = new StringBuilder("[");
                new TreeMap<>(keys)
                        .forEach((key, value) -> text.append(text.length() > 1 ? "," : "")
                                .append(key)
                                .append('=')
                                .append(value));
                yield text.append(']').toString();
            }
            case Member(JsonNode value) -> "[=" + value + "]";
        };
    }

    /**
     * Reads what {@link #encoded} wrote.
     *
     * @throws IllegalArgumentException if it is no element of {@code fieldsV1}
     */
    static PathElement decode(String text) {
        String rest = text.length() < 2 ? "" : text.substring(2);
        if (text.startsWith("f:")) {
            return new Field(rest);
        }
        try {
            if (text.startsWith("k:") && Json.MAPPER.readTree(rest) instanceof ObjectNode keys) {
                Map<String, JsonNode> fields = new TreeMap<>();
                keys.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
                return new Item(fields);
            }
            if (text.startsWith("v:")) {
                return new Member(Json.MAPPER.readTree(rest));
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("fieldsV1 element " + text + " cannot be read", e);
        }
        throw new IllegalArgumentException("fieldsV1 element " + text + " cannot be read");
    }

    /** The reader that the elements share. */
    final class Json {
        private static final JsonMapper MAPPER = new JsonMapper();

        private Json() {}
    }
}
