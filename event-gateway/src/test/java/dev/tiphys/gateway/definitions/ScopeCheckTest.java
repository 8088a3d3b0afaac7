package dev.tiphys.gateway.definitions;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.contracts.definition.DefinitionReader;
import dev.tiphys.contracts.definition.DefinitionReader.Document;
import dev.tiphys.contracts.definition.Pipeline;
import dev.tiphys.platform.expression.Expressions;
import dev.tiphys.platform.expression.cel.CelExpressions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScopeCheckTest {

    @Test
    void aParameterThatThePipelineDoesNotHaveIsAnErrorAtItsPlace() {
        assertThat(findings("parameters.gretting"))
                .containsExactly("ERROR p.yaml:10:43: spec.steps[1].notify.text: parameters.gretting can never be"
                        + " resolved: the pipeline has no parameter \"gretting\"; did you mean \"greeting\"?");
        assertThat(findings("parameters['nope'] + 'x'"))
                .singleElement()
                .asString()
                .startsWith("ERROR");
        assertThat(findings("'nope' in parameters['nope']"))
                .singleElement()
                .asString()
                .startsWith("ERROR");
    }

    @ParameterizedTest
    @ValueSource(strings = {"has(parameters.nope.x)", "'x' in parameters.nope", "has(steps.nosuch.outputs.x)"})
    void whatIsAskedOfSomethingThatIsNotThereIsAnErrorAsItIsInARun(String expression) {
        ObjectNode scope = JsonNodeFactory.instance.objectNode();
        scope.putObject("parameters");
        scope.putObject("steps");

        assertThat(new CelExpressions().test(expression, scope)).isInstanceOf(Expressions.Unresolved.class);
        assertThat(findings(expression)).singleElement().asString().startsWith("ERROR");
    }

    @Test
    void aStepThatIsNotThereIsAnError() {
        assertThat(findings("steps.nosuch.outputs.x"))
                .singleElement()
                .asString()
                .startsWith("ERROR")
                .endsWith("there is no step \"nosuch\"; there is a, b, c, g, g1, g2, z1, z2");
        assertThat(findings("steps.a.output.x"))
                .singleElement()
                .asString()
                .startsWith("ERROR")
                .endsWith("a step has state and outputs, no output; did you mean \"outputs\"?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"b", "c", "g", "g1", "z1"})
    void theOutputsOfAStepThatCannotHaveEndedAreAnError(String later) {
        assertThat(findings("steps." + later + ".outputs.x"))
                .singleElement()
                .asString()
                .startsWith("ERROR")
                .contains("the step \"" + later + "\" cannot have ended by then");
        assertThat(findings("steps." + later + ".state"))
                .singleElement()
                .asString()
                .startsWith("WARNING");
    }

    @Test
    void aVariableThatIsNotThereIsAnErrorThatSaysWhichThereAre() {
        assertThat(findings("evnt.id"))
                .singleElement()
                .asString()
                .startsWith("ERROR")
                .endsWith("there is no evnt here, only event, parameters, run, steps; did you mean \"event\"?");
        assertThat(at("key: one", "key: '${{ steps.a.state }}'"))
                .singleElement()
                .asString()
                .contains("spec.concurrency.key")
                .endsWith("only event, parameters, run");
        assertThat(at("when: event.body.x > 1", "when: run.id == 'x'"))
                .singleElement()
                .asString()
                .contains("spec.on[0].event.when");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'parameters.nope steps.nosuch foo.bar'",
                "parameters.greeting + parameters['greeting']",
                "has(parameters.nope) ? parameters.nope : 'x'",
                "'nope' in parameters ? parameters['nope'] : 'x'",
                "'nope' in parameters",
                "has(steps.c.outputs.x) ? steps.c.outputs.x : 'x'",
                "parameters.?nope.orValue('x')",
                "parameters[?'nope'].orValue('x')",
                "[1].exists(x, x > 0)",
                "[{'nope': 1}].all(parameters, parameters.nope == 1)",
                "event.body.items.filter(i, i.steps.nosuch > 1).size()",
                "parameters[event.id]",
                "steps.a.outputs.x + steps.a.state",
                "event.parameters.nope + event.steps.nosuch + run.id",
                "type(event.id) == string",
                "steps",
                "{'a': {'b': 1}}",
            })
    void whatARunMayResolveIsFine(String expression) {
        assertThat(findings(expression)).isEmpty();
    }

    @Test
    void whatIsReadOnOneSideOfAConditionOnlyIsAWarning() {
        assertThat(findings("event.id == 'x' || parameters.nope == 'y'"))
                .singleElement()
                .asString()
                .startsWith("WARNING");
        assertThat(findings("event.body.items.map(i, parameters.nope)"))
                .singleElement()
                .asString()
                .startsWith("WARNING");
    }

    @Test
    void stepsBesideEachOtherAndTheLastStepsMaySeeTheOthers() {
        assertThat(at("text: of g2", "text: '${{ steps.g1.outputs.x + steps.c.outputs.x }}'"))
                .isEmpty();
        assertThat(at("text: of g2", "text: '${{ steps.g.outputs.x }}'")).hasSize(1);
        assertThat(at("text: of z1", "text: '${{ steps.g1.outputs.x + steps.b.outputs.x }}'"))
                .isEmpty();
        assertThat(at("text: of z1", "text: '${{ steps.z2.outputs.x }}'")).hasSize(1);
        assertThat(at("needs: [b]", "needs: []", "TEXT", "${{ steps.c.outputs.x }}"))
                .isEmpty();
    }

    @Test
    void aConditionThatIsNeverTrueOrFalseIsAnError() {
        assertThat(at("when: 'true'", "when: '${{ 5 }}'"))
                .containsExactly("ERROR p.yaml:9:21: spec.steps[0].when: a condition is true or false, 5 is always"
                        + " a number");
        assertThat(at("when: 'true'", "when: \"'true'\""))
                .singleElement()
                .asString()
                .endsWith("always a text");
        assertThat(at("when: 'true'", "when: event.body.ready")).isEmpty();
        assertThat(at("when: 'true'", "when: \"event.?body.ready.orValue(false)\""))
                .isEmpty();
    }

    @Test
    void theDefinitionsOfTheManualAreFine() throws IOException {
        String manual = Files.readString(Path.of("../docs/definitions.md"));
        List<Document> pipelines = Pattern.compile("(?s)```yaml\\n(.*?)```")
                .matcher(manual)
                .results()
                .flatMap(block -> DefinitionReader.read("definitions.md", block.group(1)).documents().stream())
                .filter(document -> document.definition() instanceof Pipeline)
                .toList();

        assertThat(pipelines)
                .isNotEmpty()
                .allSatisfy(document -> assertThat(findings(document)).isEmpty());
    }

    private static List<String> findings(String expression) {
        return at("TEXT", "${{ " + expression.replace("'", "''") + " }}");
    }

    private static List<String> at(String... replacements) {
        String yaml = """
                apiVersion: tiphys.dev/v1
                kind: Pipeline
                metadata: {name: p}
                spec:
                  on: [{event: {source: s, when: event.body.x > 1}}]
                  concurrency: {key: one}
                  parameters: {greeting: {default: hello}}
                  steps:
                  - {name: a, when: 'true', wait: 1s}
                  - {name: b, notify: {slack: "#a", text: 'TEXT'}}
                  - {name: g, parallel: [{name: g1, wait: 1s}, {name: g2, notify: {slack: "#a", text: of g2}}], needs: [b]}
                  - {name: c, wait: 1s, needs: [b]}
                  finally:
                  - {name: z1, notify: {slack: "#a", text: of z1}}
                  - {name: z2, wait: 1s}
                """;
        for (int i = 0; i < replacements.length; i += 2) {
            yaml = yaml.replace(replacements[i], replacements[i + 1]);
        }
        DefinitionReader.Reading reading = DefinitionReader.read("p.yaml", yaml);
        assertThat(reading.findings()).isEmpty();
        return findings(reading.documents().getFirst());
    }

    private static List<String> findings(Document document) {
        return ScopeCheck.findings(
                        (Pipeline) Objects.requireNonNull(document.definition()),
                        Objects.requireNonNull(document.stored()).document().path("spec"),
                        document.places(),
                        new CelExpressions())
                .stream()
                .map(finding -> finding.severity() + " " + finding.text())
                .toList();
    }
}
