package dev.tiphys.sandbox.fields;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.List;

/** The shapes of a custom kind, as the schema of its definition declares them. */
public final class SchemaShapes implements Shapes {

    private static final Shapes METADATA = new BuiltInShapes("CustomResource");

    private final JsonNode schema;

    /** Reads an {@code openAPIV3Schema}. */
    public SchemaShapes(JsonNode schema) {
        this.schema = schema;
    }

    @Override
    public ListShape listAt(List<String> path) {
        if (path.getFirst().equals("metadata")) {
            return METADATA.listAt(path);
        }
        JsonNode list = at(path);
        return switch (list.path("x-kubernetes-list-type").asText()) {
            case "set" -> new ListShape.SetOf();
            case "map" -> {
                List<ListShape.Key> keys = new ArrayList<>();
                for (JsonNode key : list.path("x-kubernetes-list-map-keys")) {
                    JsonNode fallback = list.path("items")
                            .path("properties")
                            .path(key.asText())
                            .path("default");
                    keys.add(new ListShape.Key(key.asText(), fallback.asText("")));
                }
                yield new ListShape.Keyed(keys);
            }
            default -> new ListShape.Atomic();
        };
    }

    @Override
    public boolean isAtomicMap(List<String> path) {
        return at(path).path("x-kubernetes-map-type").asText().equals("atomic");
    }

    private JsonNode at(List<String> path) {
        JsonNode here = schema;
        for (String field : path) {
            while (here.has("items")) {
                here = here.get("items");
            }
            JsonNode property = here.path("properties").path(field);
            here = property.isMissingNode() ? here.path("additionalProperties") : property;
            if (!here.isObject()) {
                return MissingNode.getInstance();
            }
        }
        return here;
    }
}
