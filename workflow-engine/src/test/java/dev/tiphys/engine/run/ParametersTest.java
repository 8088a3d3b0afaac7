package dev.tiphys.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.definition.DefinitionReader;
import dev.tiphys.contracts.definition.Pipeline;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a person gives for a parameter as text is what the pipeline wants it to be. */
class ParametersTest {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final Pipeline PIPELINE = (Pipeline)
            DefinitionReader.read("test.yaml", """
                    apiVersion: tiphys.dev/v1
                    kind: Pipeline
                    metadata: {name: smoke}
                    spec:
                      parameters: {who: {}, share: {type: number}, loud: {type: boolean}}
                      steps: [{name: rest, wait: 1s}]
                    """).documents().getFirst().definition();

    @Test
    void aTextThatLooksLikeANumberStaysTheTextThatIsWanted() {
        Map<String, JsonNode> typed = Charters.typed(PIPELINE, given("who", "42"));

        assertThat(typed.get("who")).isEqualTo(JSON.textNode("42"));
    }

    @Test
    void numbersAndTruthsAreRead() {
        assertThat(Charters.typed(PIPELINE, given("share", "1.5")).get("share").doubleValue())
                .isEqualTo(1.5);
        assertThat(Charters.typed(PIPELINE, given("loud", "true")).get("loud")).isEqualTo(JSON.booleanNode(true));
    }

    @Test
    void whatIsNoneOfThemIsRefusedAsItWasGiven() {
        Map<String, JsonNode> typed = Charters.typed(PIPELINE, given("share", "much"));

        assertThat(Charters.check(PIPELINE, typed))
                .anySatisfy(finding -> assertThat(finding.message()).contains("number", "much"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e400", "-1e400", "1e999999999"})
    void aNumberThatIsTooLargeToBeOneIsRefused(String text) throws Exception {
        JsonNode ofARequest = Json.mapper().readTree(text);

        for (Map<String, JsonNode> each : List.of(given("share", text), Map.of("share", ofARequest))) {
            assertThat(Charters.check(PIPELINE, Charters.typed(PIPELINE, each)))
                    .filteredOn(finding -> finding.path().equals("parameters.share"))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.message()).contains("1.8e308"));
        }
    }

    private static Map<String, JsonNode> given(String name, String text) {
        return Map.of(name, JSON.textNode(text));
    }
}
