package dev.tiphys.sandbox.workloads;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.sandbox.objects.Trees;
import java.util.TreeMap;

/** A short name for a template: the same for the same content, in whatever order it was written. */
final class TemplateHash {

    private static final String LETTERS = "bcdfghjklmnpqrstvwxz2456789";

    private TemplateHash() {}

    static String of(JsonNode template) {
        long rest = Integer.toUnsignedLong(sorted(template).toString().hashCode());
        StringBuilder hash = new StringBuilder();
        do {
            hash.append(LETTERS.charAt((int) (rest % LETTERS.length())));
            rest /= LETTERS.length();
        } while (rest > 0);
        return hash.toString();
    }

    private static JsonNode sorted(JsonNode node) {
        if (node instanceof ObjectNode object) {
            TreeMap<String, JsonNode> fields = new TreeMap<>();
            object.properties().forEach(field -> fields.put(field.getKey(), sorted(field.getValue())));
            ObjectNode sorted = Trees.object();
            fields.forEach(sorted::set);
            return sorted;
        }
        if (node instanceof ArrayNode list) {
            ArrayNode sorted = Trees.JSON.createArrayNode();
            list.forEach(item -> sorted.add(sorted(item)));
            return sorted;
        }
        return node;
    }
}
