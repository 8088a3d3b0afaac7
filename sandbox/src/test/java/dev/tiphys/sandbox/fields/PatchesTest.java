package dev.tiphys.sandbox.fields;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import org.junit.jupiter.api.Test;

class PatchesTest {

    private static final YAMLMapper YAML = new YAMLMapper();
    private static final BuiltInShapes POD = new BuiltInShapes("Pod");

    private static JsonNode tree(String yaml) throws JsonProcessingException {
        return YAML.readTree(yaml);
    }

    private static JsonNode strategic(String target, String patch) throws JsonProcessingException {
        return Patches.strategic((ObjectNode) tree(target), (ObjectNode) tree(patch), POD);
    }

    @Test
    void aJsonPatchDoesItsOperationsInOrder() throws JsonProcessingException {
        JsonNode patched = Patches.json(tree("{a: [1, 2], b: {c: d}}"), tree("""
                        - {op: test, path: /b/c, value: d}
                        - {op: add, path: /a/1, value: 9}
                        - {op: add, path: /a/-, value: 3}
                        - {op: remove, path: /a/0}
                        - {op: move, from: /b/c, path: /e}
                        - {op: copy, from: /a, path: /f}
                        - {op: replace, path: /e, value: x}
                        """));

        assertThat(patched).isEqualTo(tree("{a: [9, 2, 3], b: {}, e: x, f: [9, 2, 3]}"));
    }

    @Test
    void aJsonPatchThatDoesNotFitIsRefused() throws JsonProcessingException {
        JsonNode target = tree("{a: 1}");

        for (String operation : new String[] {
            "{op: remove, path: /b}",
            "{op: test, path: /a, value: 2}",
            "{op: add, path: /a/b, value: 1}",
            "{op: replace, path: /x, value: 1}",
            "{op: dance, path: /a}",
            "{op: add, path: a, value: 1}",
            "{op: add, path: /b}"
        }) {
            JsonNode patch = tree("- " + operation);
            assertThatThrownBy(() -> Patches.json(target, patch))
                    .as(operation)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(target).isEqualTo(tree("{a: 1}"));
    }

    @Test
    void aMergePatchRemovesWithNull() throws JsonProcessingException {
        assertThat(Patches.merge(tree("{a: {b: 1, c: 2}, l: [1]}"), tree("{a: {b: null, d: 3}, l: [2]}")))
                .isEqualTo(tree("{a: {c: 2, d: 3}, l: [2]}"));
    }

    @Test
    void aStrategicPatchMergesItemsByKey() throws JsonProcessingException {
        assertThat(strategic(
                        "spec: {containers: [{name: a, image: x}, {name: b, image: y}]}",
                        "spec: {containers: [{name: b, image: z}, {name: c, image: w}]}"))
                .isEqualTo(tree("spec: {containers: [{name: a, image: x}, {name: b, image: z}, {name: c, image: w}]}"));
    }

    @Test
    void aStrategicPatchObeysItsDirectives() throws JsonProcessingException {
        assertThat(strategic("spec: {containers: [{name: a}, {name: b}, {name: c}], s: {type: x, y: 1}}", """
                        spec:
                          $setElementOrder/containers: [{name: c}, {name: a}]
                          containers: [{name: b, $patch: delete}]
                          s: {$retainKeys: [type], type: z}
                        """))
                .isEqualTo(tree("spec: {containers: [{name: c}, {name: a}], s: {type: z}}"));
        assertThat(strategic("metadata: {finalizers: [a, b]}", "metadata: {$deleteFromPrimitiveList/finalizers: [a]}"))
                .isEqualTo(tree("metadata: {finalizers: [b]}"));
        assertThat(strategic("spec: {s: {a: 1}}", "spec: {s: {$patch: replace, b: 2}}"))
                .isEqualTo(tree("spec: {s: {b: 2}}"));
    }
}
