package dev.tiphys.sandbox.objects;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.sandbox.objects.ApiFailure.Cause;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A custom kind's structural schema: fills in defaults, drops what it does not know, and finds what does not fit. */
final class CustomSchema {

    private CustomSchema() {}

    /** Fills in defaults and drops unknown fields, in place. */
    static void shape(JsonNode schema, ObjectNode object) {
        // An object's own frame is not the schema's business.
        shapeObject(schema, object, true);
    }

    private static void shapeObject(JsonNode schema, ObjectNode object, boolean root) {
        JsonNode properties = schema.path("properties");
        JsonNode additional = schema.path("additionalProperties");
        boolean keepsUnknown =
                schema.path("x-kubernetes-preserve-unknown-fields").asBoolean()
                        || schema.path("x-kubernetes-embedded-resource").asBoolean()
                        || additional.asBoolean()
                        || additional.isObject();
        if (!keepsUnknown) {
            object.properties()
                    .removeIf(field -> !properties.has(field.getKey()) && !(root && isFrame(field.getKey())));
        }
        properties.properties().forEach(property -> {
            if (property.getValue().has("default") && !object.has(property.getKey())) {
                object.set(property.getKey(), property.getValue().get("default").deepCopy());
            }
        });
        object.properties().stream()
                .filter(field -> !root || !isFrame(field.getKey()))
                .forEach(field -> {
                    JsonNode own = properties.path(field.getKey());
                    shapeValue(own.isMissingNode() ? additional : own, field.getValue());
                });
    }

    private static void shapeValue(JsonNode schema, JsonNode value) {
        if (value instanceof ObjectNode object && schema.isObject()) {
            shapeObject(schema, object, false);
        } else if (value instanceof ArrayNode list) {
            list.forEach(item -> shapeValue(schema.path("items"), item));
        }
    }

    private static boolean isFrame(String field) {
        return field.equals("apiVersion") || field.equals("kind") || field.equals("metadata");
    }

    /** Adds what does not fit. */
    static void check(JsonNode schema, ObjectNode object, List<Cause> causes) {
        checkObject(schema, object, "", causes);
    }

    private static void checkValue(JsonNode schema, JsonNode value, String at, List<Cause> causes) {
        String type = schema.path("type").asText("");
        boolean eitherIntOrString = schema.path("x-kubernetes-int-or-string").asBoolean();
        if (!eitherIntOrString && !type.isEmpty() && !fits(type, value)) {
            causes.add(new Cause(
                    "FieldValueTypeInvalid",
                    "Invalid value: \"" + nameOf(value) + "\": " + at + " in body must be of type " + type + ": \""
                            + nameOf(value) + "\"",
                    at));
            return;
        }
        checkScalar(schema, value, at, causes);
        if (value instanceof ObjectNode object) {
            checkObject(schema, object, at, causes);
        }
        if (value instanceof ArrayNode list) {
            for (int i = 0; i < list.size(); i++) {
                checkValue(schema.path("items"), list.get(i), at + "[" + i + "]", causes);
            }
        }
    }

    private static void checkObject(JsonNode schema, ObjectNode object, String at, List<Cause> causes) {
        String prefix = at.isEmpty() ? "" : at + ".";
        for (JsonNode name : schema.path("required")) {
            if (!object.has(name.asText())) {
                causes.add(new Cause("FieldValueRequired", "Required value", prefix + name.asText()));
            }
        }
        object.properties().forEach(field -> {
            JsonNode property = schema.path("properties").path(field.getKey());
            JsonNode known = property.isMissingNode() ? schema.path("additionalProperties") : property;
            if (known.isObject() && !(at.isEmpty() && isFrame(field.getKey()))) {
                checkValue(known, field.getValue(), prefix + field.getKey(), causes);
            }
        });
    }

    private static void checkScalar(JsonNode schema, JsonNode value, String at, List<Cause> causes) {
        if (schema.path("enum") instanceof ArrayNode allowed && !contains(allowed, value)) {
            causes.add(new Cause(
                    "FieldValueNotSupported",
                    "Unsupported value: " + value + ": supported values: " + list(allowed),
                    at));
        }
        if (value.isNumber()) {
            if (schema.has("minimum")
                    && value.asDouble() < schema.path("minimum").asDouble()) {
                invalid(at, value, "should be greater than or equal to " + schema.path("minimum"), causes);
            }
            if (schema.has("maximum")
                    && value.asDouble() > schema.path("maximum").asDouble()) {
                invalid(at, value, "should be less than or equal to " + schema.path("maximum"), causes);
            }
        }
        if (value.isTextual()
                && schema.has("pattern")
                && !Pattern.compile(schema.path("pattern").asText())
                        .matcher(value.asText())
                        .find()) {
            invalid(at, value, "should match '" + schema.path("pattern").asText() + "'", causes);
        }
    }

    private static void invalid(String at, JsonNode value, String why, List<Cause> causes) {
        causes.add(new Cause("FieldValueInvalid", "Invalid value: " + value + ": " + at + " in body " + why, at));
    }

    private static boolean fits(String type, JsonNode value) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "boolean" -> value.isBoolean();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            default -> true;
        };
    }

    private static String nameOf(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> "string";
            case BOOLEAN -> "boolean";
            case NUMBER -> value.isIntegralNumber() ? "integer" : "number";
            case ARRAY -> "array";
            case OBJECT, POJO -> "object";
            case NULL, MISSING -> "null";
            case BINARY -> "binary";
        };
    }

    private static boolean contains(ArrayNode allowed, JsonNode value) {
        for (JsonNode one : allowed) {
            if (one.equals(value)) {
                return true;
            }
        }
        return false;
    }

    private static String list(ArrayNode allowed) {
        List<String> texts = new ArrayList<>();
        allowed.forEach(one -> texts.add(one.toString()));
        return String.join(", ", texts);
    }
}
