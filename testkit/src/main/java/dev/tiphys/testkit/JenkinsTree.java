package dev.tiphys.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a {@code tree} parameter asks for: {@code builds[number,actions[parameters[name,value]]]{0,50}}. A client gets
 * what it named, and {@code _class}; a field that it forgot is not there, as with the real server.
 *
 * @param fields the fields asked for, each with what is asked of it; a star stands for all
 */
record JenkinsTree(Map<String, JenkinsTree> fields, int from, int to) {
    private static final String ALL = "*";
    private static final JenkinsTree LEAF = new JenkinsTree(Map.of(), 0, Integer.MAX_VALUE);

    /**
     * Reads the parameter.
     *
     * @throws IllegalArgumentException if it cannot be read
     */
    static JenkinsTree parse(String text) {
        Reader reader = new Reader(text);
        JenkinsTree tree = new JenkinsTree(reader.fields(), 0, Integer.MAX_VALUE);
        if (!reader.atEnd()) {
            throw new IllegalArgumentException(
                    "tree " + text + " has a " + text.charAt(reader.position) + " too many at " + reader.position);
        }
        return tree;
    }

    /** What is left of a value. */
    JsonNode of(JsonNode value) {
        return switch (value) {
            case ObjectNode object -> ofObject(object);
            case ArrayNode array -> ofArray(array);
            case JsonNode plain -> plain;
        };
    }

    private ObjectNode ofObject(ObjectNode object) {
        ObjectNode chosen = JsonNodeFactory.instance.objectNode();
        object.properties().forEach(field -> {
            JenkinsTree asked = fields.containsKey(ALL) ? LEAF : fields.get(field.getKey());
            if (asked != null) {
                chosen.set(field.getKey(), asked.of(field.getValue()));
            } else if (field.getKey().equals("_class")) {
                chosen.set("_class", field.getValue());
            }
        });
        return chosen;
    }

    private ArrayNode ofArray(ArrayNode array) {
        ArrayNode chosen = JsonNodeFactory.instance.arrayNode();
        for (int i = from; i < Math.min(to, array.size()); i++) {
            chosen.add(of(array.get(i)));
        }
        return chosen;
    }

    private static final class Reader {
        private final String text;
        private int position;

        private Reader(String text) {
            this.text = text;
        }

        private Map<String, JenkinsTree> fields() {
            Map<String, JenkinsTree> fields = new LinkedHashMap<>();
            do {
                String name = until("[]{},");
                Map<String, JenkinsTree> inner = Map.of();
                if (skip('[')) {
                    inner = fields();
                    expect(']');
                }
                fields.put(name.strip(), ranged(inner));
            } while (skip(','));
            return fields;
        }

        private JenkinsTree ranged(Map<String, JenkinsTree> inner) {
            if (!skip('{')) {
                return new JenkinsTree(inner, 0, Integer.MAX_VALUE);
            }
            String first = until(",}");
            if (!skip(',')) {
                expect('}');
                int only = number(first, 0);
                return new JenkinsTree(inner, only, only + 1);
            }
            String last = until("}");
            expect('}');
            return new JenkinsTree(inner, number(first, 0), number(last, Integer.MAX_VALUE));
        }

        private int number(String digits, int absent) {
            if (digits.isBlank()) {
                return absent;
            }
            try {
                return Integer.parseInt(digits.strip());
            } catch (NumberFormatException _) {
                throw new IllegalArgumentException("tree " + text + " has a range that is no number: " + digits);
            }
        }

        private String until(String stops) {
            int start = position;
            while (!atEnd() && stops.indexOf(text.charAt(position)) < 0) {
                position++;
            }
            return text.substring(start, position);
        }

        private boolean skip(char wanted) {
            if (atEnd() || text.charAt(position) != wanted) {
                return false;
            }
            position++;
            return true;
        }

        private void expect(char wanted) {
            if (!skip(wanted)) {
                throw new IllegalArgumentException("tree " + text + " lacks a " + wanted + " at " + position);
            }
        }

        private boolean atEnd() {
            return position >= text.length();
        }
    }
}
