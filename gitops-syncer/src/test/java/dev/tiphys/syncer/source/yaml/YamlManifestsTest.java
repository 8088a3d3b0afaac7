package dev.tiphys.syncer.source.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.syncer.source.ManifestParser;
import dev.tiphys.syncer.source.ManifestParser.Document;
import dev.tiphys.syncer.source.ManifestProblem;
import dev.tiphys.syncer.source.SourceFile;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlManifestsTest {

    private static ManifestParser.Parsed parse(String file, String text) {
        return new YamlManifests().parse(new SourceFile(file, "id", text.getBytes(StandardCharsets.UTF_8)));
    }

    private static ManifestProblem problem(String text) {
        List<ManifestProblem> problems = parse("a.yaml", text).problems();
        assertThat(problems).hasSize(1);
        return problems.getFirst();
    }

    private static JsonNode single(String text) {
        ManifestParser.Parsed parsed = parse("a.yaml", text);
        assertThat(parsed.problems()).isEmpty();
        return parsed.documents().getFirst().tree();
    }

    @Nested
    class Values {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '\0',
                value = {
                    "yes | true",
                    "No | false",
                    "on | true",
                    "OFF | false",
                    "y | true",
                    "n | false",
                    "true | true",
                    "'yes' | \"yes\"",
                    "\"true\" | \"true\"",
                    "yEs | \"yEs\"",
                    "~ | null",
                    "null | null",
                    "'' | \"\"",
                    "8080 | 8080",
                    "-3 | -3",
                    "+3 | 3",
                    "0 | 0",
                    "0644 | 420",
                    "0o17 | 15",
                    "0x1F | 31",
                    "0b101 | 5",
                    "1_000 | 1000",
                    "08 | 8.0",
                    "1.5 | 1.5",
                    "1e3 | 1000.0",
                    "1.10 | 1.1",
                    ".5 | 0.5",
                    "'1.10' | \"1.10\"",
                    "12:30:45 | \"12:30:45\"",
                    "2026-01-01 | \"2026-01-01\"",
                    "1.2.3 | \"1.2.3\"",
                    "100m | \"100m\"",
                    "9223372036854775807 | 9223372036854775807",
                    "18446744073709551615 | 18446744073709551615",
                    "99999999999999999999 | 1.0E20",
                    "!!str 123 | \"123\"",
                    "! 123 | 123",
                    "1e999 | \"1e999\"",
                    "<< | \"<<\""
                })
        void meanWhatKubectlMakesOfThem(String yaml, String json) {
            assertThat(Json.text(single("v: " + yaml).get("v"))).isEqualTo(json);
        }

        @Test
        void areIntWhereTheyFitAndLongWhereNot() {
            assertThat(single("v: 1").get("v").isInt()).isTrue();
            assertThat(single("v: 3000000000").get("v").isLong()).isTrue();
        }

        @Test
        void ofKeysBecomeTexts() {
            assertThat(Json.text(single("{1: a, yes: b, 'no': c, 1.5: d}")))
                    .isEqualTo("{\"1\":\"a\",\"true\":\"b\",\"no\":\"c\",\"1.5\":\"d\"}");
        }

        @Test
        void keepBlockTextsAsTheyAre() {
            assertThat(single("v: |\n  a\n  true\n").get("v").asText()).isEqualTo("a\ntrue\n");
        }

        @Test
        void ofAliasesAndMergesAreFilledIn() {
            assertThat(Json.text(single("base: &b {a: 1, b: 2}\nuse:\n  <<: *b\n  b: 3\nmore: *b\n")))
                    .isEqualTo("{\"base\":{\"a\":1,\"b\":2},\"use\":{\"b\":3,\"a\":1},\"more\":{\"a\":1,\"b\":2}}");
        }

        @Test
        void thatJsonDoesNotHaveAreRefused() {
            assertThat(problem("a: 1\nv: .inf").text()).isEqualTo("a.yaml:2:4: .inf is no number that JSON has");
        }
    }

    @Nested
    class Documents {
        @Test
        void beginWhereTheirFirstLineIs() {
            String text = "# comment\n---\n\nkind: A\n---\n# only a comment\n---\n---\nkind: B\n...\n---\nkind: C\n";

            assertThat(parse("a.yaml", text).documents())
                    .extracting(Document::line)
                    .containsExactly(4, 9, 12);
        }

        @Test
        void thatAreEmptyAreLeftOut() {
            assertThat(parse("a.yaml", "").documents()).isEmpty();
            assertThat(parse("a.yaml", "---\n---\n# nothing\n").documents()).isEmpty();
        }

        @Test
        void ofListsTellWhereItemsBegin() {
            String text = "kind: List\nother:\n- 1\nitems:\n- kind: A\n  x: [1, 2]\n- kind: B\nlast:\n- 3\n";

            assertThat(parse("a.yaml", text).documents().getFirst().itemLines()).containsExactly(5, 7);
        }

        @Test
        void mayBeginWithAByteOrderMark() {
            assertThat(single("\uFEFFkind: A").path("kind").asText()).isEqualTo("A");
        }

        @Test
        void mayBeJsonWithTabs() {
            assertThat(single("{\n\t\"kind\": \"A\",\n\t\"n\": 1\n}").path("n").asInt())
                    .isEqualTo(1);
        }

        @Test
        void inJsonFilesAreReadAsJson() {
            assertThat(parse("a.json", "{\"kind\": \"yes\"}\n{\"kind\": \"B\"}").documents())
                    .extracting(document -> document.tree().path("kind").asText())
                    .containsExactly("yes", "B");
        }
    }

    @Nested
    class Problems {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "'kind: A\nspec:\n  a: b: c' | 3 | 7",
                    "'kind: A\n\tspec: 1' | 2 | 1",
                    "'kind: A\nspec: [1, 2' | 2 | 12",
                    "'kind: A\nspec: \"x' | 2 | 9",
                    "'a: 1\nb: 2\na: 3' | 3 | 1",
                    "'a: *nothing' | 1 | 4",
                    "'? [a]\n: 1' | 1 | 3",
                    "'a: &a [*a]' | 1 | 8",
                    "'kind: A\n---\nkind: B\n bad: 1' | 4 | 5"
                })
        void nameTheirLineAndColumn(String yaml, int line, int column) {
            ManifestProblem problem = problem(yaml);

            assertThat(problem.line()).as(problem.text()).isEqualTo(line);
            assertThat(problem.column()).as(problem.text()).isEqualTo(column);
            assertThat(problem.message()).isNotBlank();
        }

        @Test
        void ofJsonNameTheirPlaceToo() {
            ManifestProblem problem =
                    parse("a.json", "{\n  \"a\": 1,\n  \"a\": 2\n}").problems().getFirst();

            assertThat(problem.line()).isEqualTo(3);
            assertThat(problem.message()).contains("a");
        }

        @Test
        void tellThatAFileIsNoText() {
            ManifestParser.Parsed parsed = new YamlManifests()
                    .parse(new SourceFile("a.yaml", "id", new byte[] {'a', ':', ' ', (byte) 0xC3, (byte) 0x28}));

            assertThat(parsed.problems())
                    .extracting(ManifestProblem::message)
                    .containsExactly("the file is not UTF-8 text");
        }
    }

    @Nested
    class Limits {
        @Test
        void keepAliasesFromMultiplying() {
            StringBuilder laughs = new StringBuilder("a0: &a0 [x, x]\n");
            for (int level = 1; level < 25; level++) {
                laughs.append("a%1$d: &a%1$d [*a%2$d, *a%2$d]%n".formatted(level, level - 1));
            }

            assertThat(problem(laughs.toString()).message()).contains("more than 500000 values");
        }

        @Test
        void countAliases() {
            String text = "a: &a 1\nb: [" + "*a, ".repeat(51) + "1]";

            assertThat(problem(text).message()).isEqualTo("more than 50 aliases in one document");
        }

        @Test
        void countNesting() {
            assertThat(problem("a: " + "[".repeat(200_000)).message()).isEqualTo("nested more than 50 levels deep");
        }

        @Test
        void countNestingOfJson() {
            assertThat(parse("a.json", "[".repeat(200_000)).problems()).hasSize(1);
        }
    }
}
