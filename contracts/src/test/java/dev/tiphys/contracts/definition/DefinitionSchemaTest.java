package dev.tiphys.contracts.definition;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The JSON Schema and the reader agree about the form of documents. */
class DefinitionSchemaTest {
    private final JsonSchema schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
            .getSchema(Texts.of("/schema/tiphys.dev-v1.json"));

    @Test
    void bothAcceptWhatIsWellFormed() {
        for (String file : List.of("story.yaml", "everything.yaml")) {
            for (YamlTrees.Tree tree : trees(file)) {
                if (!tree.root().path("apiVersion").asText().startsWith("argoproj.io")) {
                    assertThat(findings(tree)).as(tree.root().toString()).isEmpty();
                    assertThat(schema.validate(tree.root()))
                            .as(tree.root().toString())
                            .isEmpty();
                }
            }
        }
    }

    @Test
    void bothRefuseWhatIsMalformed() {
        List<YamlTrees.Tree> trees = trees("malformed.yaml");

        assertThat(trees).hasSizeGreaterThan(150);
        for (YamlTrees.Tree tree : trees) {
            JsonNode root = tree.root();
            assertThat(findings(tree)).as("the reader about " + root).isNotEmpty();
            assertThat(schema.validate(root)).as("the schema about " + root).isNotEmpty();
        }
    }

    @Test
    void oneFaultIsOneFinding() {
        assertThat(trees("malformed.yaml"))
                .filteredOn(tree -> findings(tree).size() != 1)
                .isEmpty();
    }

    private static List<YamlTrees.Tree> trees(String file) {
        YamlTrees trees = YamlTrees.of(file, Texts.of("/definitions/" + file));
        assertThat(trees.findings()).isEmpty();
        return trees.trees();
    }

    private static List<Finding> findings(YamlTrees.Tree tree) {
        return DefinitionReader.read(null, tree.root().toString()).findings().stream()
                .filter(finding -> finding.severity() == Finding.Severity.ERROR)
                .toList();
    }
}
