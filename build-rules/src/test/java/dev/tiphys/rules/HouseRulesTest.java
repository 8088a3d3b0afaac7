package dev.tiphys.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each rule refuses a small house that breaks it, and leaves one alone that differs in nothing else. */
class HouseRulesTest {
    private static final String ROOT = "dev.tiphys.shop";
    private static final Pattern NAME = Pattern.compile("(?:class|interface|record|@interface) (\\w+)");
    private static final Pattern PACKAGE = Pattern.compile("package ([\\w.]+);");

    /** A service that keeps the rules: a core, two edges, and the place that knows both. */
    private static final List<String> HOUSE = List.of(
            marked("dev.tiphys.shop.run"),
            marked("dev.tiphys.shop.run.store"),
            marked("dev.tiphys.shop.run.http"),
            marked("dev.tiphys.shop.plan"),
            marked("dev.tiphys.shop.app"),
            "package dev.tiphys.shop.run; public record Run(String id, java.time.Instant at) {}",
            "package dev.tiphys.shop.run.store; final class Rows { dev.tiphys.shop.run.Run run; }",
            "package dev.tiphys.shop.run.http; final class Resource { dev.tiphys.shop.run.Run run; }",
            "package dev.tiphys.shop.plan; public record Plan(dev.tiphys.shop.run.Run run, java.net.URI where) {}",
            "package dev.tiphys.shop.app; final class Wiring { dev.tiphys.shop.run.Run run; }");

    @TempDir
    private Path directory;

    @Test
    void aHouseThatKeepsThemPasses() {
        accepts(List.of());
    }

    @Nested
    class Packages {
        @Test
        void formNoCycle() {
            refuses(
                    List.of("package dev.tiphys.shop.run; class Loop { dev.tiphys.shop.plan.Plan plan; }"),
                    "a cycle means that two packages are one",
                    List.of("Loop"));
        }

        @Test
        void areNullMarked() {
            String topic = "package dev.tiphys.shop.run.kafka; final class Topic {}";
            refuses(
                    List.of(topic),
                    "add a package-info.java with @NullMarked",
                    List.of("dev.tiphys.shop.run.kafka.Topic"));
            accepts(List.of(topic, marked("dev.tiphys.shop.run.kafka")));
        }
    }

    @Nested
    class Names {
        @Test
        void sayWhatThingsAre() {
            List<String> names = List.of(
                    "AbstractRun",
                    "BaseRun",
                    "RunImpl",
                    "RunManager",
                    "RunHelper",
                    "RunUtil",
                    "RunUtils",
                    "RunData",
                    "RunInfo");

            refuses(classes(names), "name the thing by its job", names);
        }

        @Test
        void ofNestedTypesToo() {
            refuses(
                    List.of("package dev.tiphys.shop.run; class Outer { class RunData {} }"),
                    "name the thing by its job",
                    List.of("Outer$RunData"));
        }

        @Test
        void mayLookAlike() {
            accepts(classes(List.of("Baseline", "Database", "Abstraction", "Management", "Information")));
        }

        private static List<String> classes(List<String> names) {
            return names.stream()
                    .map(name -> "package dev.tiphys.shop.run; class " + name + " {}")
                    .toList();
        }
    }

    @Nested
    class AService {
        @Test
        void knowsNoOther() {
            refuses(
                    List.of(
                            "package dev.tiphys.shop.run.store; class Copy { dev.tiphys.engine.run.Leaf leaf; }",
                            "package dev.tiphys.engine.run; public class Leaf {}"),
                    "what a service needs of another arrives on a topic",
                    List.of("dev.tiphys.engine.run.Leaf"));
            accepts(List.of(
                    "package dev.tiphys.shop.run.store; class Copy { dev.tiphys.contracts.Leaf leaf; }",
                    "package dev.tiphys.contracts; public class Leaf {}"));
        }

        @Test
        void isCheckedInFeaturesThatItHas() {
            HouseRules rules = house(List.of());

            assertThatThrownBy(() -> rules.checkService(List.of("rnu")))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("failed to check any classes");
        }

        @Test
        void isCheckedByTheNameOfItsRoot() {
            assertThatThrownBy(() -> HouseRules.of("dev.tiphys.nowhere"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no classes below dev.tiphys.nowhere");
        }
    }

    @Nested
    class ACore {
        @Test
        void knowsOnlyTheLanguage() {
            refuses(
                    List.of("""
                            package dev.tiphys.shop.run;
                            class Framed {
                                java.nio.file.Path path;
                                java.io.File file;
                                java.util.logging.Logger log;
                                java.net.http.HttpClient client;
                            }
                            """),
                    "put the framework call in a sub-package, an edge",
                    List.of("Framed.path", "Framed.file", "Framed.log", "Framed.client"));
        }

        @Test
        void doesNotKnowTheEdgesOfAnother() {
            refuses(
                    List.of(
                            marked("dev.tiphys.shop.plan.store"),
                            "package dev.tiphys.shop.run; class Upside { dev.tiphys.shop.plan.store.Open open; }",
                            "package dev.tiphys.shop.plan.store; public class Open {}"),
                    "put the framework call in a sub-package, an edge",
                    List.of("Upside.open"));
        }

        @Test
        void readsNoHiddenInput() {
            List<String> inputs = List.of(
                    "Instant.now()",
                    "LocalDate.now()",
                    "LocalDateTime.now()",
                    "ZonedDateTime.now()",
                    "OffsetDateTime.now()",
                    "UUID.randomUUID()",
                    "Clock.systemUTC()",
                    "Clock.systemDefaultZone()",
                    "Clock.fixed(Instant.EPOCH, ZoneOffset.UTC).instant()",
                    "System.currentTimeMillis()",
                    "System.nanoTime()",
                    "System.getenv(\"HOME\")",
                    "System.getProperty(\"user.home\")",
                    "Math.random()",
                    "new Random()",
                    "ThreadLocalRandom.current()",
                    "(Supplier<Instant>) Instant::now");
            List<String> readers = IntStream.range(0, inputs.size())
                    .mapToObj(number -> "Reader" + number + ".")
                    .toList();

            refuses(
                    IntStream.range(0, inputs.size())
                            .mapToObj(number -> reader("Reader" + number, inputs.get(number)))
                            .toList(),
                    "time, identity and the environment arrive as arguments",
                    readers);
        }

        @Test
        void readsInputsThatItIsGiven() {
            accepts(List.of(
                    reader("Reader", "Instant.EPOCH.plusSeconds(1)"),
                    "package dev.tiphys.shop.run.store; class Clock { Object it = java.time.Instant.now(); }"));
        }

        private static String reader(String name, String input) {
            return "package dev.tiphys.shop.run; import java.time.*; import java.util.*; import java.util.concurrent.*;"
                    + " import java.util.function.*; class " + name + " { Object it = " + input + "; }";
        }
    }

    @Nested
    class AnEdge {
        @Test
        void knowsNoOtherEdgeOfItsCore() {
            refuses(
                    List.of(
                            "package dev.tiphys.shop.run.http; class Shortcut { dev.tiphys.shop.run.store.Open open; }",
                            "package dev.tiphys.shop.run.store; public class Open {}"),
                    "edges meet only in the core",
                    List.of("Shortcut.open"));
        }

        @Test
        void isClosed() {
            refuses(
                    List.of("package dev.tiphys.shop.run.store; public class Open {}"),
                    "nobody may call an edge",
                    List.of("dev.tiphys.shop.run.store.Open"));
            refuses(
                    List.of("package dev.tiphys.shop.app; public class Open {}"),
                    "nobody may call an edge",
                    List.of("dev.tiphys.shop.app.Open"));
            accepts(List.of("package dev.tiphys.shop.app; class Open { public static class Nested {} }"));
        }
    }

    private void accepts(List<String> additions) {
        HouseRules rules = house(additions);

        assertThatCode(() -> rules.checkService(List.of("run", "plan"))).doesNotThrowAnyException();
    }

    private void refuses(List<String> additions, String because, List<String> says) {
        HouseRules rules = house(additions);

        assertThatThrownBy(() -> rules.checkService(List.of("run", "plan")))
                .isInstanceOf(AssertionError.class)
                .message()
                .contains(because)
                .contains(says);
    }

    private HouseRules house(List<String> additions) {
        Path out = directory.resolve("house-" + System.nanoTime());
        List<JavaFileObject> sources = new ArrayList<>();
        Stream.concat(HOUSE.stream(), additions.stream()).map(Source::new).forEach(sources::add);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertThat(out.toFile().mkdirs()).isTrue();
        List<String> options = List.of("-proc:none", "-d", out.toString());
        assertThat(compiler.getTask(null, null, null, options, null, sources).call())
                .as("the sample compiles")
                .isTrue();
        JavaClasses classes = HouseRules.importer().importPath(out.resolve(ROOT.replace('.', '/')));
        return HouseRules.of(ROOT, classes);
    }

    private static String marked(String name) {
        return "@org.jspecify.annotations.NullMarked package " + name + ";";
    }

    /** A compilation unit in memory, named by what stands in it. */
    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        private Source(String text) {
            super(URI.create("memory:///" + path(text) + ".java"), Kind.SOURCE);
            this.text = text;
        }

        private static String path(String text) {
            Matcher home = PACKAGE.matcher(text);
            assertThat(home.find()).isTrue();
            Matcher name = NAME.matcher(text.substring(home.end()));
            return home.group(1).replace('.', '/') + "/" + (name.find() ? name.group(1) : "package-info");
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
