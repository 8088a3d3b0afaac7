package dev.tiphys.syncer.plan;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/** When two values are the same to Kubernetes. */
final class Scalars {
    /** Fields below which texts and numbers are quantities. */
    private static final Set<String> QUANTITIES = Set.of(
            "limits",
            "requests",
            "hard",
            "capacity",
            "default",
            "defaultRequest",
            "max",
            "min",
            "maxLimitRequestRatio",
            "podFixed",
            "sizeLimit",
            "divisor",
            "averageValue",
            "storage");

    private Scalars() {}

    static boolean same(JsonNode one, JsonNode other) {
        if (one.isNumber() && other.isNumber()) {
            return one.decimalValue().compareTo(other.decimalValue()) == 0;
        }
        if ((one.isNumber() && other.isTextual()) || (one.isTextual() && other.isNumber())) {
            // ports and percentages may be written either way
            return one.asText().equals(other.asText());
        }
        return one.equals(other);
    }

    static boolean sameQuantity(JsonNode one, JsonNode other) {
        return one.isValueNode() && other.isValueNode() && Quantity.same(one.asText(), other.asText());
    }

    static boolean holdsQuantities(String field) {
        return QUANTITIES.contains(field);
    }

    /** What Go leaves out when it writes an object. */
    static boolean isZero(JsonNode value) {
        return switch (value.getNodeType()) {
            case BOOLEAN -> !value.booleanValue();
            case NUMBER -> value.decimalValue().signum() == 0;
            case STRING -> value.asText().isEmpty();
            case ARRAY -> value.isEmpty();
            case OBJECT ->
                value.valueStream().allMatch(child -> child.isNull() || (child.isContainerNode() && isZero(child)));
            case NULL, MISSING -> true;
            case BINARY, POJO -> false;
        };
    }
}
