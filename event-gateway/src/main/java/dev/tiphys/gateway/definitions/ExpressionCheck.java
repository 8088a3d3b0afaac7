package dev.tiphys.gateway.definitions;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.definition.EventSource;
import dev.tiphys.contracts.definition.Finding;
import dev.tiphys.contracts.definition.Places;
import dev.tiphys.contracts.definition.Queue;
import dev.tiphys.gateway.filter.ArgoExpression;
import dev.tiphys.gateway.filter.ArgoExpression.Translation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the expressions of definitions and checks their syntax. */
record ExpressionCheck(ExpressionSyntax syntax) {
    private static final String OPEN = "${{";

    List<Finding> findings(JsonNode document, Places places) {
        List<Finding> findings = new ArrayList<>();
        walk("", document.path("spec"), "spec", places, findings);
        return findings;
    }

    /** {@return what is wrong with the key that a queue's messages are told apart by} */
    List<Finding> keyFindings(Queue queue, Places places) {
        List<Finding> findings = new ArrayList<>();
        String key = queue.deduplicateBy();
        if (key != null) {
            check(true, key, "spec.deduplicateBy", places, findings);
        }
        return findings;
    }

    /** {@return what is wrong with the filters of an EventSource: those that cannot be run as Argo would} */
    List<Finding> filterFindings(EventSource source, Places places) {
        List<Finding> findings = new ArrayList<>();
        for (EventSource.Event event : source.events()) {
            String filter = event.filter();
            String wrong = filter == null ? null : wrongWith(filter);
            if (wrong != null) {
                String entry = Places.field(Places.field("spec", event.type()), event.name());
                findings.add(places.finding(
                        Finding.Severity.ERROR,
                        Places.field(Places.field(entry, "filter"), "expression"),
                        "the filter cannot be run here: " + wrong));
            }
        }
        return findings;
    }

    private @Nullable String wrongWith(String filter) {
        return switch (ArgoExpression.translate(filter)) {
            case Translation.Untranslatable(var reason) -> reason;
            case Translation.Translated(var cel) -> syntax.wrongWith(OPEN + " " + cel + " }}");
        };
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
            check(name.equals("when"), node.textValue(), path, places, findings);
        }
    }

    /** @param bare whether the whole text is an expression if none is marked in it */
    private void check(boolean bare, String text, String path, Places places, List<Finding> findings) {
        boolean marked = text.contains(OPEN);
        if (!bare && !marked) {
            return;
        }
        String wrong = syntax.wrongWith(marked ? text : OPEN + " " + text + " }}");
        if (wrong != null) {
            findings.add(places.finding(Finding.Severity.ERROR, path, "the expression cannot be read: " + wrong));
        }
    }
}
