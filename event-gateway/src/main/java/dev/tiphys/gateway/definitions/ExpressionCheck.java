package dev.tiphys.gateway.definitions;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.definition.Finding;
import dev.tiphys.contracts.definition.Places;
import java.util.ArrayList;
import java.util.List;

/** Finds the expressions of a pipeline and checks their syntax. */
record ExpressionCheck(ExpressionSyntax syntax) {
    private static final String OPEN = "${{";

    List<Finding> findings(JsonNode document, Places places) {
        List<Finding> findings = new ArrayList<>();
        walk("", document.path("spec"), "spec", places, findings);
        return findings;
    }

    private void walk(String name, JsonNode node, String path, Places places, List<Finding> findings) {
        if (node.isObject()) {
            node.properties()
                    .forEach(field -> walk(
                            field.getKey(), field.getValue(), Places.field(path, field.getKey()), places, findings));
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                walk("", node.get(i), Places.item(path, i), places, findings);
            }
        } else if (node.isTextual()) {
            check(name, node.textValue(), path, places, findings);
        }
    }

    private void check(String name, String text, String path, Places places, List<Finding> findings) {
        boolean bareCondition = name.equals("when") && !text.contains(OPEN);
        if (!bareCondition && !text.contains(OPEN)) {
            return;
        }
        String wrong = syntax.wrongWith(bareCondition ? OPEN + " " + text + " }}" : text);
        if (wrong != null) {
            findings.add(places.finding(Finding.Severity.ERROR, path, "the expression cannot be read: " + wrong));
        }
    }
}
