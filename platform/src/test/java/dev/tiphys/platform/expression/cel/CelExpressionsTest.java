package dev.tiphys.platform.expression.cel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.platform.expression.Expressions;
import dev.tiphys.platform.expression.Expressions.Resolved;
import dev.tiphys.platform.expression.Expressions.Result;
import dev.tiphys.platform.expression.Expressions.Unresolved;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CelExpressionsTest {
    private static final JsonNode SCOPE = json("""
            {"event": {"git": {"revision": "abc", "branch": "main", "tag": null}, "count": 3, "big": 9007199254740993,
                       "ratio": 0.5, "whole": 2.0, "paths": ["a/b", "c"], "empty": {}},
             "steps": {"build-1": {"outputs": {"ok": true}}}}
            """);

    private final Expressions expressions = new CelExpressions();

    @Nested
    class AWholeText {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "event.count             | 3",
                    "event.count + 1         | 4",
                    "event.big               | 9007199254740993",
                    "event.ratio             | 0.5",
                    "event.git.tag           | null",
                    "event.paths             | ['a/b','c']",
                    "event.git               | {'revision':'abc','branch':'main','tag':null}",
                    "event.count > 2.5       | true",
                    "event.git.revision      | 'abc'",
                    "event.paths.map(p, p.upperAscii()) | ['A/B','C']",
                    "steps['build-1'].outputs.ok        | true",
                    "event.?git.?author.orValue('x')    | 'x'",
                    "event.?count                       | 3",
                    "has(event.git.author)              | false",
                    "event.git.tag == null              | true",
                    "type(event.count) == int           | true",
                    "size(event.git)                    | 3",
                    "'c' in event.paths                 | true",
                    "{'a': {'b': [1, 2u, 0.5]}}         | {'a':{'b':[1,2,0.5]}}",
                    "event.git.revision.replace('b','-').split('-') | ['a','c']",
                    "event.paths.join(',')              | 'a/b,c'",
                    "timestamp('2026-01-02T03:04:05Z')  | '2026-01-02T03:04:05Z'",
                    "event.map(event, event).size()     | 7",
                    "event.git.revision.matches('^a.c$')| true"
                })
        void keepsItsType(String expression, String value) {
            Result<JsonNode> result = resolve("${{ " + expression + " }}");

            assertThat(result).isEqualTo(new Resolved<>(json(value.replace('\'', '"'))));
        }
    }

    @Nested
    class ALongerText {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "r-${{ event.git.revision }}!             | r-abc!",
                    "${{event.count}}/${{ event.whole }}      | 3/2",
                    "${{ event.ratio }} ${{ event.count > 1 }}| 0.5 true",
                    "x ${{ event.paths }}                     | x [\"a/b\",\"c\"]",
                    "x ${{ {\"a\": {\"b\": 1}} }} y           | x {\"a\":{\"b\":1}} y",
                    "x ${{ \"}}\" }} y                        | x }} y",
                    "x ${{ \"\\\"}}\" }} y                    | x \"}} y",
                    "x ${{ r\"\\w\" + r'}}' }} y              | x \\w}} y",
                    "x $${{ event }} ${{ event.count }}       | x ${{ event }} 3",
                    "$${{ event }}                            | ${{ event }}",
                    "costs $5 {{ x }} }}                      | costs $5 {{ x }} }}"
                })
        void holdsTheValuesAsText(String template, String text) {
            assertThat(resolve(template)).isEqualTo(new Resolved<JsonNode>(TextNode.valueOf(text)));
        }

        @Test
        void hasNoPlaceForNull() {
            assertThat(unresolved("tag ${{ event.git.tag }}").reason()).contains("null");
        }
    }

    @Test
    void everyTextOfATreeIsResolvedAndNothingElseIsTouched() {
        JsonNode template =
                json("{\"a\": [\"${{ event.count }}\", 1, null, {\"b\": \"${{ event.git }}\"}], \"c\": \"d\"}");

        Result<JsonNode> result = expressions.resolve(template, SCOPE);

        assertThat(result)
                .isEqualTo(
                        new Resolved<>(
                                json(
                                        "{\"a\": [3, 1, null, {\"b\": {\"revision\":\"abc\",\"branch\":\"main\",\"tag\":null}}], \"c\": \"d\"}")));
    }

    @Nested
    class WhatCannotBeResolved {
        @Test
        void namesTheKeysWhereOneIsMissing() {
            assertThat(unresolved("v ${{ event.git.revsion }}"))
                    .isEqualTo(new Unresolved<>(
                            "event.git.revsion", "there is no key 'revsion'", List.of("branch", "revision", "tag")));
        }

        @Test
        void namesTheKeysWhereAnIndexIsMissing() {
            assertThat(unresolved("${{ steps['build-2'].outputs }}"))
                    .isEqualTo(new Unresolved<>(
                            "steps['build-2'].outputs", "there is no key 'build-2'", List.of("build-1")));
        }

        @Test
        void namesTheVariables() {
            assertThat(unresolved("${{ evnt.git.revision }}"))
                    .isEqualTo(new Unresolved<>("evnt.git.revision", "there is no evnt", List.of("event", "steps")));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "event.git.tag.name",
                    "event.paths[7]",
                    "event.?git.?author",
                    "1 / 0",
                    "9223372036854775807 + event.count",
                    "event.git.revision + event.count",
                    "int",
                    "{1: 2}",
                    "0.0 / 0.0",
                    "fromUrl('http://localhost')",
                    "event.paths.replace('a', 'b')",
                    "'a'.replace('', 'b')",
                    "[1].join()",
                    "event.git.revision.matches('(')",
                    "event..git",
                    ""
                })
        void hasAReason(String expression) {
            Unresolved<JsonNode> unresolved = unresolved("${{ " + expression + " }}");

            assertThat(unresolved.expression()).isEqualTo(expression);
            assertThat(unresolved.reason()).isNotBlank().doesNotContain("<input>");
        }

        @Test
        void isAnExpressionThatIsNotClosed() {
            assertThat(unresolved("a ${{ 'x }}").reason()).isEqualTo("${{ is not closed by }}");
        }
    }

    @Nested
    class AnExpressionThatDoesTooMuch {
        @Test
        void isEndedWhenItDoubles() {
            assertEnds("['x']" + ".map(a, a + a)".repeat(60));
        }

        @Test
        void isEndedWhenItsValueSharesParts() {
            assertEnds("[1]" + ".map(a, [a, a])".repeat(40));
        }

        @Test
        void isEndedWhenReplacingMultiplies() {
            assertEnds("['xxxxxxxxxx']" + ".map(a, a.replace('x', a))".repeat(8));
        }

        @Test
        void isEndedWhenLoopsNest() {
            String ten = "[1,2,3,4,5,6,7,8,9,0]";
            assertEnds(ten + ".all(a, " + ten + ".all(b, " + ten + ".all(c, " + ten + ".all(d, " + ten
                    + ".all(e, true)))))");
        }

        @Test
        void isRefusedWhenItIsLongOrDeep() {
            assertEnds("1" + " + 1".repeat(2000));
            assertEnds("(".repeat(500) + "1" + ")".repeat(500));
        }

        private void assertEnds(String expression) {
            org.junit.jupiter.api.Assertions.assertTimeout(
                    Duration.ofSeconds(10),
                    () -> assertThat(unresolved("${{ " + expression + " }}").reason())
                            .isNotBlank());
        }
    }

    @Nested
    class ACondition {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "event.count == 3               | true",
                    "${{ event.count == 4 }}        | false",
                    "` ${{ event.count > 2 }} `     | true",
                    "event.git.branch.startsWith(\"ma\") && steps[\"build-1\"].outputs.ok | true"
                })
        void isDecided(String condition, boolean decision) {
            assertThat(expressions.test(condition, SCOPE)).isEqualTo(new Resolved<>(decision));
        }

        @ParameterizedTest
        @ValueSource(strings = {"event.count", "'true'", "null", "event.x", "${{ true }} && ${{ true }}", ""})
        void isUnresolvedIfItIsNeitherTrueNorFalse(String condition) {
            assertThat(expressions.test(condition, SCOPE)).isInstanceOf(Unresolved.class);
        }
    }

    @Nested
    class TheCheck {
        @ParameterizedTest
        @ValueSource(strings = {"", "text", "${{ anything.at.all }}", "a ${{ x }} $${{ b", "${{ {'a': 1} }}"})
        void passes(String text) {
            assertThat(expressions.check(text)).isNull();
        }

        @ParameterizedTest
        @ValueSource(strings = {"${{ a", "${{ a. }}", "${{ }}", "${{ a ? b }}", "${{ 'x }}", "${{ 1 + 'a' }}"})
        void saysWhatIsWrong(String text) {
            assertThat(expressions.check(text)).startsWith("expression ");
        }
    }

    private Result<JsonNode> resolve(String template) {
        return expressions.resolve(JsonNodeFactory.instance.textNode(template), SCOPE);
    }

    private Unresolved<JsonNode> unresolved(String template) {
        Result<JsonNode> result = resolve(template);
        assertThat(result).isInstanceOf(Unresolved.class);
        return (Unresolved<JsonNode>) result;
    }

    private static JsonNode json(String text) {
        try {
            return Json.mapper().readTree(text);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
