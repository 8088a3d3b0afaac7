package dev.tiphys.gateway;

import static dev.tiphys.gateway.HostileSenders.KIB;
import static dev.tiphys.gateway.HostileSenders.MIB;
import static dev.tiphys.gateway.HostileSenders.bystander;
import static dev.tiphys.gateway.HostileSenders.head;
import static dev.tiphys.gateway.HostileSenders.held;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is sent before a body is answered as it is documented, and holds nobody up. */
@QuarkusTest
@QuarkusTestResource(BrokerResource.class)
@Tag("real")
class HostileHeadsTest {
    @TestHTTPResource("/")
    URI address;

    @BeforeEach
    void endpoints() {
        HostileSenders.endpoints();
    }

    @AfterEach
    void everythingIsLetGo() {
        HostileSenders.everythingIsLetGo();
    }

    @Test
    void ofTenThousandHeadersIsRefused() throws Exception {
        refused(IntStream.range(0, 10_000).mapToObj(i -> "X-" + i + ": 1\r\n").collect(Collectors.joining()));
    }

    @Test
    void ofAMegabyteIsRefused() throws Exception {
        refused("X-Long: " + "x".repeat(MIB) + "\r\n");
    }

    /** The server's own answer: it comes before any endpoint is known. */
    @Test
    void ofMoreThanTheServerReadsIsAnsweredAndNotJustDropped() throws Exception {
        try (Wire wire = Wire.to(address)) {
            wire.send(head("hostile") + "X-Long: " + "x".repeat(20 * KIB) + "\r\nContent-Length: 2\r\n\r\n{}");
            assertThat(wire.rest()).startsWith("HTTP/1.1 431 Request Header Fields Too Large\r\n");
        }
        try (Wire wire = Wire.to(address)) {
            wire.send("POST /hooks/" + "a".repeat(4 * KIB) + " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}");
            assertThat(wire.rest()).startsWith("HTTP/1.0 414 Request-URI Too Long\r\n");
        }
    }

    @Test
    void withAnAddressOfAMegabyteIsRefused() throws Exception {
        try (Wire wire = Wire.to(address)) {
            wire.sendUntilCutOff(
                    ("POST /hooks/" + "a".repeat(MIB) + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(UTF_8), 1);
            assertThat(wire.status()).isIn(0, 400, 414);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/hooks/%00",
                "/hooks/%zz",
                "/hooks/%",
                "/hooks//",
                "/hooks/",
                "/hooks/../api/definitions",
                "/hooks/%2e%2e/api/definitions",
                "/hooks/hostile%2fmore",
                "/hooks/%c0%ae",
                "/hooks/hostile/..;/x"
            })
    void withAStrangeAddressFindsNothing(String path) throws Exception {
        try (Wire wire = Wire.to(address)) {
            wire.send("POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}");
            assertThat(wire.status()).isBetween(400, 499);
        }
    }

    @Test
    void thatTricklesHoldsNobodyUp() throws Exception {
        List<Wire> wires = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                wires.add(Wire.to(address).send("POST /hooks/hostile HTTP/1.1\r\nX-Slow: "));
            }
            bystander().statusCode(202);
            assertThat(held()).isZero();
        } finally {
            for (Wire wire : wires) {
                wire.close();
            }
        }
    }

    @Test
    void thatTricklesIsAnsweredAndCutOffInTime() throws Exception {
        try (Wire wire = Wire.to(address)) {
            wire.send("POST /hooks/hostile HTTP/1.1\r\nX-Slow: ");
            trickleUntilCutOff(wire);
            assertThat(wire.rest()).startsWith("HTTP/1.1 408 Request Timeout\r\n");
        }
    }

    @Test
    void thatNeverBeginsIsCutOffInTime() throws Exception {
        try (Wire wire = Wire.to(address)) {
            assertThat(wire.rest()).isEmpty();
        }
    }

    @Test
    void mayComeLateAfterAnAnswerAndThenHasItsTimeAgain() throws Exception {
        String request = head("bystander") + "Content-Length: 2\r\n\r\n{}";
        try (Wire wire = Wire.to(address)) {
            assertThat(wire.send(request).status()).isEqualTo(202);
            try (Wire clock = Wire.to(address)) {
                assertThat(clock.rest())
                        .as("its end is when the patience is over")
                        .isEmpty();
            }
            wire.send(request).send("POST /hooks/bystander HTTP/1.1\r\nX-Slow: ");
            trickleUntilCutOff(wire);
            assertThat(wire.rest()).contains("HTTP/1.1 202 Accepted\r\n").contains("HTTP/1.1 408 ");
        }
    }

    private void trickleUntilCutOff(Wire wire) {
        await().atMost(Duration.ofSeconds(15))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> wire.sendUntilCutOff("x".getBytes(UTF_8), 1));
    }

    private void refused(String headers) throws IOException {
        try (Wire wire = Wire.to(address)) {
            wire.sendUntilCutOff((head("hostile") + headers + "Content-Length: 2\r\n\r\n{}").getBytes(UTF_8), 1);
            assertThat(wire.status()).isIn(0, 400, 431);
        }
    }
}
