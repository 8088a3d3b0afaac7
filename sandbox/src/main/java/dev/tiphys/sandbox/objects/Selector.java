package dev.tiphys.sandbox.objects;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which objects a list, a watch or a controller is about. */
public final class Selector {

    private static final Pattern REQUIREMENT = Pattern.compile(
            "\\s*(?:(!)\\s*([^\\s,=!()]+)|([^\\s,=!()]+)\\s+(in|notin)\\s*\\(([^)]*)\\)|([^\\s,=!()]+)\\s*(==|=|!=)\\s*([^\\s,]*)|([^\\s,=!()]+))\\s*(?:,|$)");

    private Selector() {}

    /**
     * Reads the {@code labelSelector} of a request; an empty one selects everything.
     *
     * @throws ApiFailure if it cannot be read
     */
    public static Predicate<JsonNode> labels(String text) {
        Predicate<JsonNode> all = _ -> true;
        Matcher requirement = REQUIREMENT.matcher(text);
        int at = 0;
        while (at < text.length()) {
            if (!requirement.find() || requirement.start() != at || requirement.end() == at) {
                throw ApiFailure.badRequest("unable to parse requirement: \"" + text.substring(at) + "\"");
            }
            at = requirement.end();
            all = all.and(label(requirement));
        }
        return all;
    }

    /** Reads the {@code fieldSelector} of a request; an empty one selects everything. */
    public static Predicate<JsonNode> fields(String text) {
        Predicate<JsonNode> all = _ -> true;
        for (String term : text.split(",", -1)) {
            if (term.isBlank()) {
                continue;
            }
            boolean wanted = !term.contains("!=");
            String[] sides = term.split("!=|==|=", 2);
            if (sides.length < 2) {
                throw ApiFailure.badRequest("invalid selector: '" + text + "'; can't understand '" + term + "'");
            }
            all = all.and(object -> field(object, sides[0].strip()).equals(sides[1].strip()) == wanted);
        }
        return all;
    }

    /** Reads the {@code selector} of a workload; one without requirements selects everything. */
    public static Predicate<JsonNode> of(JsonNode selector) {
        List<Predicate<JsonNode>> all = new ArrayList<>();
        selector.path("matchLabels")
                .properties()
                .forEach(label -> all.add(object -> object.path("metadata")
                        .path("labels")
                        .path(label.getKey())
                        .asText("\u0000")
                        .equals(label.getValue().asText())));
        for (JsonNode expression : selector.path("matchExpressions")) {
            String key = expression.path("key").asText();
            List<String> values = new ArrayList<>();
            expression.path("values").forEach(value -> values.add(value.asText()));
            all.add(
                    switch (expression.path("operator").asText()) {
                        case "In" -> object -> has(object, key) && values.contains(label(object, key));
                        case "NotIn" -> object -> !has(object, key) || !values.contains(label(object, key));
                        case "Exists" -> object -> has(object, key);
                        case "DoesNotExist" -> object -> !has(object, key);
                        default -> _ -> false;
                    });
        }
        return object -> all.stream().allMatch(requirement -> requirement.test(object));
    }

    private static Predicate<JsonNode> label(Matcher requirement) {
        if (requirement.group(2) != null) {
            String key = requirement.group(2);
            return object -> !has(object, key);
        }
        if (requirement.group(3) != null) {
            String key = requirement.group(3);
            List<String> values = List.of(requirement.group(5).strip().split("\\s*,\\s*", -1));
            return requirement.group(4).equals("in")
                    ? object -> has(object, key) && values.contains(label(object, key))
                    : object -> !has(object, key) || !values.contains(label(object, key));
        }
        if (requirement.group(6) != null) {
            String key = requirement.group(6);
            String value = requirement.group(8);
            return requirement.group(7).equals("!=")
                    ? object -> !has(object, key) || !label(object, key).equals(value)
                    : object -> has(object, key) && label(object, key).equals(value);
        }
        String key = requirement.group(9);
        return object -> has(object, key);
    }

    private static boolean has(JsonNode object, String key) {
        return object.path("metadata").path("labels").has(key);
    }

    private static String label(JsonNode object, String key) {
        return object.path("metadata").path("labels").path(key).asText();
    }

    private static String field(JsonNode object, String path) {
        JsonNode here = object;
        for (String name : path.split("\\.", -1)) {
            here = here.path(name);
        }
        return here.asText("");
    }
}
