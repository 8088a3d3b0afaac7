package dev.tiphys.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.tiphys.contracts.definition.DefinitionReader;
import dev.tiphys.contracts.definition.Pipeline;
import java.util.Map;
import org.junit.jupiter.api.Test;

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

    private static Map<String, JsonNode> given(String name, String text) {
        return Map.of(name, JSON.textNode(text));
    }
}
