package dev.tiphys.syncer.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** How the items of a list are told apart: by their keys, as a set of values, or only by their place. */
sealed interface Lists {

    /** Items with keys; an item without a {@code protocol} means TCP. */
    record Keyed(List<String> keys) implements Lists {

        /** {@return the first of the candidates that the item means; those in {@code taken} are passed over} */
        Optional<JsonNode> find(JsonNode item, JsonNode candidates, Set<JsonNode> taken) {
            for (JsonNode candidate : candidates) {
                if (!taken.contains(candidate) && sameItem(item, candidate)) {
                    return Optional.of(candidate);
                }
            }
            return Optional.empty();
        }

        private boolean sameItem(JsonNode item, JsonNode candidate) {
            return keys.stream().allMatch(key -> Scalars.same(keyOf(item, key), keyOf(candidate, key)));
        }

        private static JsonNode keyOf(JsonNode item, String key) {
            JsonNode value = item.path(key);
            return value.isMissingNode() && "protocol".equals(key) ? TCP : value;
        }

        String text(JsonNode item) {
            StringBuilder text = new StringBuilder();
            for (String key : keys) {
                if (item.hasNonNull(key)) {
                    text.append(text.isEmpty() ? "" : ",")
                            .append(key)
                            .append('=')
                            .append(item.get(key).asText());
                }
            }
            return text.toString();
        }
    }

    /** A set of values. */
    record Values() implements Lists {}

    /** A list that is one value. */
    record Whole() implements Lists {}

    /** The protocol of ports that name none. */
    JsonNode TCP = dev.tiphys.contracts.Json.mapper().getNodeFactory().textNode("TCP");

    /**
     * Finds out how a list works: from what the server remembers of its fields, and where it remembers nothing, from
     * Kubernetes' own kinds.
     */
    static Lists of(String field, JsonNode items, FieldSet known) {
        if (known.isSet()) {
            return new Values();
        }
        List<String> keys = known.itemKeys();
        if (!keys.isEmpty()) {
            return new Keyed(keys);
        }
        return known.isEmpty() ? guess(field, items) : new Whole();
    }

    private static Lists guess(String field, JsonNode items) {
        List<String> keys = switch (field) {
            case "containers",
                    "initContainers",
                    "ephemeralContainers",
                    "env",
                    "volumes",
                    "imagePullSecrets",
                    "secrets" -> List.of("name");
            case "volumeMounts" -> List.of("mountPath");
            case "hostAliases" -> List.of("ip");
            case "ports" ->
                all(items, "containerPort") ? List.of("containerPort", "protocol") : List.of("port", "protocol");
            default -> List.of();
        };
        boolean usable = !keys.isEmpty() && all(items, keys.getFirst());
        return usable ? new Keyed(keys) : "finalizers".equals(field) ? new Values() : new Whole();
    }

    private static boolean all(JsonNode items, String key) {
        return !items.isEmpty() && items.valueStream().allMatch(item -> item instanceof ObjectNode && item.has(key));
    }
}
