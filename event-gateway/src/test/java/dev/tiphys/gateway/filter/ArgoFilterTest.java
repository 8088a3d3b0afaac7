package dev.tiphys.gateway.filter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.gateway.filter.ArgoExpression.Translation;
import dev.tiphys.platform.expression.cel.CelExpressions;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArgoFilterTest {
    private static final CelExpressions CEL = new CelExpressions();
    private static final JsonNode PAYLOAD =
            Json.exactTree("""
                    {"headers": {"X-Github-Event": ["push"]}, "my-key": "k", "type": "t",
                     "body": {"ref": "refs/heads/main", "count": 3, "ratio": 1.5, "empty": "", "none": null, "on": true,
                              "tags": ["a", "b"], "labels": {"team": "x"}, "quote": "a\\"b'c}}${{"}}
                    """.getBytes(StandardCharsets.UTF_8)).orElseThrow();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "body.ref == 'refs/heads/main'",
                "body.ref == \"refs/heads/main\" && body.count > 2",
                "body.ref startsWith 'refs/heads/' and not (body.ref endsWith 'dev')",
                "body.ref contains \"main\" or body.missing == 1",
                "body.ref matches '^refs/(heads|tags)/'",
                "'a' in body.tags",
                "'team' in body.labels",
                "'z' not in body.tags",
                "body.ref in ['refs/heads/main', 'x']",
                "headers['X-Github-Event'][0] == 'push'",
                "my_key == 'k'",
                "type == 't'",
                "len(body.tags) == 2",
                "body.missing == nil",
                "body.missing != 'a'",
                "body.none == nil",
                "(body.missing ?? 'x') == 'x'",
                "body.missing ?? 'x' == 'x'",
                "(body.empty ?? 'x') == ''",
                "body.missing?.deep?.deeper == nil",
                "body?.ref == 'refs/heads/main'",
                "body.on ? body.count == 3 : false",
                "!(body.missing contains 'a')",
                "not (body.ref contains body.missing)",
                "'a' not in body.missing",
                "body.count >= 3 and body.count <= 3 and body.ratio < 2",
                "body.quote == 'a\"b\\'c}}${{'",
                "body.count == -3 or body.on",
                "true",
                "not false and true",
                "!body.on || body.on",
            })
    void letsThrough(String expression) {
        assertThat(test(expression)).isEqualTo(new ArgoFilter.Outcome.Through());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "body.ref == 'refs/heads/dev'",
                "not body.on",
                "body.missing == 'a'",
                "body.missing contains 'a'",
                "'z' in body.tags",
                "body.on and false",
            })
    void doesNotLetThrough(String expression) {
        assertThat(test(expression))
                .isEqualTo(new ArgoFilter.Outcome.Dropped("the filter of the EventSource does not let it through"));
    }

    /** Where Argo's evaluation fails, its event is dropped; CEL alone would forgive some of these. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "nothing == 1",
                "body.missing.deep == 1",
                "body.missing.deep == 1 or true",
                "body.ref > 1",
                "body.ref",
                "body.tags[5] == 'a'",
                "len(body.missing) == 0",
                "body.count and true",
            })
    void dropsWhatItFailsOn(String expression) {
        assertThat(test(expression))
                .isInstanceOfSatisfying(
                        ArgoFilter.Outcome.Dropped.class,
                        dropped ->
                                assertThat(dropped.reason()).startsWith("the filter of the EventSource fails on it: "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "body.",
                "body.count + 1 == 2",
                "body.count / 2 == 1",
                "any(body.tags, {# == 'a'})",
                "body.ref.startsWith('x')",
                "sprig.trim(body.ref) == 'a'",
                "body.tags[body.count] == 'a'",
                "body?.a.b == 1",
                "body.ref | len",
                "1..3 == 2",
                "'a' == 'a' 'b'",
                "'\\q' == 'a'",
                "'unclosed",
                "body.ref = 'a'",
                "((((((((((((((((((((((true))))))))))))))))))))))",
                "a ? b",
                "$env == 1",
            })
    void isNotTranslatedByHalf(String expression) {
        assertThat(ArgoExpression.translate(expression)).isInstanceOf(Translation.Untranslatable.class);
        assertThat(test(expression))
                .isInstanceOfSatisfying(
                        ArgoFilter.Outcome.Dropped.class,
                        dropped -> assertThat(dropped.reason()).contains("cannot be run here"));
    }

    @Test
    void withoutAnExpressionEverythingGoes() {
        assertThat(ArgoFilter.of(null, CEL).test(PAYLOAD)).isEqualTo(new ArgoFilter.Outcome.Through());
    }

    @Test
    void staysSmallHoweverLongTheChain() {
        assertThat(ArgoExpression.translate("a" + ".b".repeat(100) + " == 1"))
                .isInstanceOfSatisfying(
                        Translation.Translated.class,
                        translated -> assertThat(translated.cel()).hasSizeLessThan(4_000));
    }

    private static ArgoFilter.Outcome test(String expression) {
        return ArgoFilter.of(expression, CEL).test(PAYLOAD);
    }
}
