package dev.tiphys.gateway.definitions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.contracts.definition.DefinitionKey;
import dev.tiphys.contracts.definition.DefinitionReader;
import dev.tiphys.contracts.definition.EventSource;
import dev.tiphys.contracts.definition.Finding;
import dev.tiphys.contracts.definition.Limits;
import dev.tiphys.contracts.definition.Places;
import dev.tiphys.contracts.definition.Verification;
import dev.tiphys.platform.expression.cel.CelExpressions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FilterCheckTest {
    private static final Places PLACES = DefinitionReader.read(
                    null,
                    "{apiVersion: v1, kind: X, metadata: {name: a}, spec: {webhook: {build: {filter: {expression: x}}}}}")
            .documents()
            .getFirst()
            .places();

    @Test
    void aFilterThatCanBeRunIsFine() {
        assertThat(findings("body.ref == 'a' and len(body.tags) > 1")).isEmpty();
    }

    @Test
    void aFilterThatCannotBeTranslatedIsReportedAtItsPlace() {
        assertThat(findings("any(body.tags, {# == 'a'})")).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Finding.Severity.ERROR);
            assertThat(finding.path()).isEqualTo("spec.webhook.build.filter.expression");
            assertThat(finding.message()).startsWith("the filter cannot be run here: ");
        });
    }

    @Test
    void aFilterThatCelDoesNotTakeIsReported() {
        assertThat(findings("'a' == 1")).hasSize(1);
        assertThat(findings("body.ref matches '('")).isEmpty();
    }

    private static List<Finding> findings(String filter) {
        EventSource source = new EventSource(
                new DefinitionKey("EventSource", "default", "hooks"),
                List.of(new EventSource.Event(
                        "build",
                        "webhook",
                        new EventSource.Input.Hook(
                                "", "POST", new Verification.Open(), List.of(), List.of(), Limits.NONE),
                        filter,
                        Map.of())));
        return new ExpressionCheck(new CelExpressions()::check).filterFindings(source, PLACES);
    }
}
