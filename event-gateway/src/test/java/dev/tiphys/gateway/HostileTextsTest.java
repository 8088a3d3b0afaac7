package dev.tiphys.gateway;

import static dev.tiphys.gateway.HostileSenders.MIB;
import static dev.tiphys.gateway.HostileSenders.authorised;
import static dev.tiphys.gateway.HostileSenders.deliver;
import static dev.tiphys.gateway.HostileSenders.id;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Text that is costly to read is refused before it costs. */
@QuarkusTest
@QuarkusTestResource(BrokerResource.class)
@Tag("real")
class HostileTextsTest {
    @BeforeEach
    void endpoints() {
        HostileSenders.endpoints();
    }

    @AfterEach
    void everythingIsLetGo() {
        HostileSenders.everythingIsLetGo();
    }

    @Nested
    class JsonText {
        @Test
        void thatIsCostlyToReadIsRefused() {
            assertThat(Map.of(
                            "nested",
                            "[".repeat(101) + "]".repeat(101),
                            "nested without end",
                            "[{\"\":".repeat(50_000),
                            "a long number",
                            "{\"n\": " + "9".repeat(101) + "}",
                            "a long fraction",
                            "{\"n\": 0." + "9".repeat(101) + "}",
                            "a key twice",
                            "{\"a\": 1, \"a\": 2}",
                            "two texts",
                            "{} {}",
                            "nothing",
                            " ",
                            "a mark alone",
                            "\uFEFF"))
                    .allSatisfy((what, text) -> deliver("hostile", text, id())
                            .statusCode(400)
                            .body("detail", containsString("the body is not what is read here")));
        }

        @Test
        void thatIsStrangeButSoundIsKept() {
            for (String text : List.of(
                    "{\"n\": 1e999999999}", "{\"n\": -0.0}", "[".repeat(99) + "]".repeat(99), "null", "\"\\u0000\"")) {
                deliver("hostile", text, id()).statusCode(202);
            }
        }
    }

    @Nested
    class DefinitionsThatAre {
        @Test
        void bombsOfAliasesAreRefusedAtTheirPlace() {
            StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
            for (int i = 1; i < 10; i++) {
                bomb.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ", ").repeat(9)));
            }
            refused(bomb.toString());
            refused("a: &a [*a]\n");
            refused("&a a: {<<: *a}\n");
        }

        @Test
        void deepOrLongAreRefused() {
            refused("[".repeat(50_000));
            refused("{a: ".repeat(50_000));
            refused("- ".repeat(50_000) + "x");
            refused("[{\"\":".repeat(50_000));
            refused("? ".repeat(50_000));
            refused("a: " + "9".repeat(100_000) + "\n");
            refused("a: 1\na: 2\n");
            refused("x".repeat(9 * MIB));
            refused("!!javax.script.ScriptEngineManager [!!java.net.URLClassLoader [[]]]\n");
        }

        private void refused(String text) {
            assertTimeout(Duration.ofSeconds(10), () -> {
                String detail = authorised()
                        .contentType("application/yaml; charset=utf-8")
                        .body(text.getBytes(UTF_8))
                        .put("/api/definitions")
                        .then()
                        .statusCode(422)
                        .extract()
                        .path("detail");
                assertThat(detail).startsWith("nothing was changed: ").hasSizeBetween(30, 600);
            });
        }
    }
}
