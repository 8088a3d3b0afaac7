package dev.tiphys.sandbox.workloads;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Numbers of replicas, as Kubernetes reads and writes them. */
final class Counts {

    private Counts() {}

    /** Writes a count; zero is left out. */
    static void put(ObjectNode status, String field, int count) {
        if (count == 0) {
            status.remove(field);
        } else {
            status.put(field, count);
        }
    }

    /** A number, or a percentage of a whole. */
    static int share(JsonNode value, int whole, boolean up) {
        String text = value.asText("0");
        if (!text.endsWith("%")) {
            return value.asInt();
        }
        double exact = whole * Double.parseDouble(text.substring(0, text.length() - 1)) / 100;
        return (int) (up ? Math.ceil(exact) : Math.floor(exact));
    }
}
