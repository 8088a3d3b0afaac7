package dev.tiphys.sandbox.objects;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.List;

/** The few things that are done with JSON trees everywhere. */
public final class Trees {

    /** Reads and writes JSON; shared, since it is expensive to make. */
    public static final JsonMapper JSON = new JsonMapper();

    private Trees() {}

    /** An empty object. */
    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** An object from a literal in the source; single quotes stand for double ones. */
    public static ObjectNode object(String literal) {
        try {
            return (ObjectNode) JSON.readTree(literal.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("not JSON: " + literal, e);
        }
    }

    /** A time as Kubernetes writes it: whole seconds in UTC. */
    public static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** The object's {@code metadata}; it is made when missing. */
    public static ObjectNode metadata(ObjectNode object) {
        return object.withObjectProperty("metadata");
    }

    /** The object's name, or an empty text. */
    public static String name(JsonNode object) {
        return object.path("metadata").path("name").asText("");
    }

    /** The object's namespace, or an empty text. */
    public static String namespace(JsonNode object) {
        return object.path("metadata").path("namespace").asText("");
    }

    /** The object's uid, or an empty text. */
    public static String uid(JsonNode object) {
        return object.path("metadata").path("uid").asText("");
    }

    /** Whether the object waits for its deletion. */
    public static boolean isLeaving(JsonNode object) {
        return object.path("metadata").hasNonNull("deletionTimestamp");
    }

    /** Removes every field that is null: an API server does not keep them. */
    static void dropNulls(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.properties().removeIf(field -> field.getValue().isNull());
        }
        node.forEach(Trees::dropNulls);
    }

    /** Removes lists and maps that are empty where an API server writes none: in the metadata of objects and templates. */
    static void dropEmpties(ObjectNode object) {
        for (JsonNode holder : List.of(
                object.path("metadata"), object.path("spec").path("template").path("metadata"), object)) {
            for (String name :
                    List.of("labels", "annotations", "finalizers", "ownerReferences", "data", "binaryData")) {
                if (holder instanceof ObjectNode fields
                        && fields.has(name)
                        && fields.get(name).isEmpty()) {
                    fields.remove(name);
                }
            }
        }
    }

    /** Sets a field that is absent. */
    static void fallback(ObjectNode object, String field, String value) {
        if (!object.has(field)) {
            object.put(field, value);
        }
    }

    /** Sets a field that is absent. */
    static void fallback(ObjectNode object, String field, int value) {
        if (!object.has(field)) {
            object.put(field, value);
        }
    }

    /** The objects of a list, or none if it is no list. */
    static Iterable<ObjectNode> objects(JsonNode list) {
        return () -> {
            Iterator<JsonNode> items = list instanceof ArrayNode
                    ? list.iterator()
                    : JsonNodeFactory.instance.arrayNode().iterator();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return items.hasNext();
                }

                @Override
                public ObjectNode next() {
                    return items.next() instanceof ObjectNode object ? object : object();
                }
            };
        };
    }
}
