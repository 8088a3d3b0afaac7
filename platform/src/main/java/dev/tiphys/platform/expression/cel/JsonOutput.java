package dev.tiphys.platform.expression.cel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.primitives.UnsignedLong;
import dev.cel.common.values.CelByteString;
import dev.cel.common.values.NullValue;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes JSON and text of CEL's values, within a budget that all values of one template share. */
final class JsonOutput {
    /** What is deeper cannot be read back. */
    private static final int MAX_DEPTH = 50;

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private int left;

    JsonOutput(int budget) {
        this.left = budget;
    }

    JsonNode json(String expression, Object value) throws CannotResolve {
        return json(expression, value, 0);
    }

    /** {@return the value as it stands in a longer text} */
    String text(String expression, Object value) throws CannotResolve {
        JsonNode node = json(expression, value);
        if (node.isNull()) {
            throw new CannotResolve(expression, "it is null, which has no place in a text; say what stands for it");
        }
        return switch (node.getNodeType()) {
            case STRING -> node.textValue();
            case NUMBER -> number(node);
            case OBJECT, ARRAY, BOOLEAN, BINARY, MISSING, NULL, POJO -> node.toString();
        };
    }

    private static String number(JsonNode node) {
        return node.isIntegralNumber()
                ? node.asText()
                : BigDecimal.valueOf(node.doubleValue()).stripTrailingZeros().toPlainString();
    }

    private JsonNode json(String expression, Object value, int depth) throws CannotResolve {
        if (depth > MAX_DEPTH) {
            throw new CannotResolve(expression, "its value is nested too deeply");
        }
        spend(expression, 1);
        return switch (value) {
            case NullValue _ -> NODES.nullNode();
            case Boolean truth -> NODES.booleanNode(truth);
            case Long number
            when number.intValue() == number -> NODES.numberNode(number.intValue()); // as Jackson reads it
            case Long number -> NODES.numberNode(number);
            case UnsignedLong number when number.longValue() >= 0 -> json(expression, number.longValue(), depth);
            case UnsignedLong number -> NODES.numberNode(number.bigIntegerValue());
            case Double number when Double.isFinite(number) -> NODES.numberNode(number);
            case String text -> text(expression, text, text.length());
            case CelByteString bytes ->
                text(expression, Base64.getEncoder().encodeToString(bytes.toByteArray()), bytes.size());
            case Instant time -> NODES.textNode(time.toString());
            case Duration duration -> NODES.textNode(duration.toString());
            case Optional<?> optional when optional.isPresent() -> json(expression, optional.get(), depth);
            case List<?> elements -> array(expression, elements, depth);
            case Map<?, ?> entries -> object(expression, entries, depth);
            case Object _ -> throw new CannotResolve(expression, "its value has no form in JSON");
        };
    }

    private JsonNode text(String expression, String text, int size) throws CannotResolve {
        spend(expression, size);
        return NODES.textNode(text);
    }

    private ArrayNode array(String expression, List<?> elements, int depth) throws CannotResolve {
        ArrayNode array = NODES.arrayNode(elements.size());
        for (Object element : elements) {
            array.add(json(expression, element, depth + 1));
        }
        return array;
    }

    private ObjectNode object(String expression, Map<?, ?> entries, int depth) throws CannotResolve {
        ObjectNode object = NODES.objectNode();
        for (Map.Entry<?, ?> entry : entries.entrySet()) {
            if (!(entry.getKey() instanceof String key)) {
                throw new CannotResolve(expression, "its value is a map whose keys are not texts");
            }
            spend(expression, key.length());
            object.set(key, json(expression, entry.getValue(), depth + 1));
        }
        return object;
    }

    private void spend(String expression, int size) throws CannotResolve {
        left -= size;
        if (left < 0) {
            throw new CannotResolve(expression, "the values of one template grow too large");
        }
    }
}
