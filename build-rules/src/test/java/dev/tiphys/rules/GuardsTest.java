package dev.tiphys.rules;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The guards of the build bite: a build of modules whose parent is the project's own POM, each of which breaks one guard and
 * nothing else, and of one that breaks none.
 */
@Tag("real")
class GuardsTest {
    private static final Map<String, String> MODULES = new LinkedHashMap<>();

    private static final String GOOD = """
            package sample;

            import org.jspecify.annotations.Nullable;

            final class Sample {
                private Sample() {}

                sealed interface Shape {
                    record Circle() implements Shape {}

                    record Square() implements Shape {}
                }

                static int corners(Shape shape) {
                    return switch (shape) {
                        case Shape.Circle _ -> 0;
                        case Shape.Square _ -> 4;
                    };
                }

                static int length(@Nullable String text) {
                    return text == null ? 0 : text.length();
                }

                static int days(String month) {
                    return switch (month) {
                        case "february" -> 28;
                        default -> 30;
                    };
                }
            }
            """;

    static {
        MODULES.put("good", GOOD);
        MODULES.put("missing-case", GOOD.replace("            case Shape.Square _ -> 4;\n", ""));
        MODULES.put("default-over-types", GOOD.replace("case Shape.Square _ -> 4;", "default -> 4;"));
        MODULES.put("null", GOOD.replace("text == null ? 0 : text.length()", "text.length()"));
        MODULES.put(
                "warning",
                GOOD.replace(
                        "return text == null ? 0 : text.length();",
                        "int unused = 1;\n        return text == null ? 0 : text.length();"));
        MODULES.put("layout", GOOD.replace("return switch (month)", "return  switch (month)"));
    }

    private static String output = "";

    @BeforeAll
    static void build() throws IOException, InterruptedException {
        Path root = Path.of(System.getProperty("tiphys.root"));
        Path home = root.resolve("build-rules/target/guards");
        StringBuilder modules = new StringBuilder();
        for (Map.Entry<String, String> module : MODULES.entrySet()) {
            Path sources = home.resolve(module.getKey()).resolve("src/main/java/sample");
            Files.createDirectories(sources);
            Files.writeString(
                    sources.resolve("package-info.java"),
                    "@NullMarked\npackage sample;\n\nimport org.jspecify.annotations.NullMarked;\n");
            Files.writeString(sources.resolve("Sample.java"), module.getValue());
            Files.writeString(
                    home.resolve(module.getKey()).resolve("pom.xml"), """
                    <project>
                        <modelVersion>4.0.0</modelVersion>
                        <parent>
                            <groupId>dev.tiphys</groupId>
                            <artifactId>tiphys</artifactId>
                            <version>%s</version>
                            <relativePath>../../../../pom.xml</relativePath>
                        </parent>
                        <artifactId>guard-%s</artifactId>
                    </project>
                    """.formatted(version(root), module.getKey()));
            modules.append("<module>").append(module.getKey()).append("</module>");
        }
        Files.writeString(home.resolve("pom.xml"), """
                <project>
                    <modelVersion>4.0.0</modelVersion>
                    <groupId>dev.tiphys.guards</groupId>
                    <artifactId>guards</artifactId>
                    <version>1</version>
                    <packaging>pom</packaging>
                    <modules>%s</modules>
                </project>
                """.formatted(modules));
        output = maven(home);
    }

    private static String version(Path root) throws IOException {
        Matcher version = Pattern.compile("<artifactId>tiphys</artifactId>\\s*<version>([^<]+)</version>")
                .matcher(Files.readString(root.resolve("pom.xml")));
        assertThat(version.find()).isTrue();
        return version.group(1);
    }

    private static String maven(Path home) throws IOException, InterruptedException {
        Path log = home.resolve("build.log");
        ProcessBuilder build = new ProcessBuilder(
                        Path.of(System.getProperty("maven.home"), "bin", "mvn").toString(),
                        "--batch-mode",
                        "--no-transfer-progress",
                        "--fail-at-end",
                        "--threads=2",
                        "-Dmaven.repo.local=" + System.getProperty("maven.repo.local"),
                        "-Dmaven.test.skip=true",
                        "-Dstyle.color=never",
                        "--file=" + home.resolve("pom.xml"),
                        "verify")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        build.environment().put("MAVEN_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"); // it lives for seconds
        Process process = build.start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(log, UTF_8);
    }

    @Test
    void whatBreaksNoneOfThemPasses() {
        assertThat(output).containsPattern("guard-good .* SUCCESS");
    }

    @Test
    void aSwitchThatMissesATypeDoesNotCompile() {
        refuses("missing-case", "the switch expression does not cover all possible input values");
    }

    @Test
    void aSwitchOverTypesHasNoDefault() {
        refuses("default-over-types", "A switch over types has no default: name the missing types");
    }

    @Test
    void whatMayBeNullIsNotUsedAsIfItWereThere() {
        refuses("null", "[NullAway] dereferenced expression");
    }

    @Test
    void aMereWarningFails() {
        refuses("warning", "[UnnamedVariable]", "warnings found and -Werror specified");
    }

    @Test
    void layoutIsNotAMatterOfTaste() {
        refuses("layout", "The following files had format violations", "return··switch·(month)");
    }

    private static void refuses(String module, String... says) {
        assertThat(output).containsPattern("guard-" + module + " .* FAILURE");
        assertThat(output).contains(says);
    }
}
