package dev.tiphys.gateway;

import static dev.tiphys.gateway.HostileSenders.KIB;
import static dev.tiphys.gateway.HostileSenders.MIB;
import static dev.tiphys.gateway.HostileSenders.TOKEN;
import static dev.tiphys.gateway.HostileSenders.bystander;
import static dev.tiphys.gateway.HostileSenders.head;
import static dev.tiphys.gateway.HostileSenders.held;
import static dev.tiphys.gateway.HostileSenders.json;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is sent as a body is answered as it is documented, and what the gateway holds of it stays bounded and is let go. */
@QuarkusTest
@QuarkusTestResource(BrokerResource.class)
@Tag("real")
class HostileBodiesTest {
    /** What the test's configuration lets all senders together, and one of them alone, be held of. */
    private static final long ROOM = 8L * MIB;

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

    @ParameterizedTest
    @ValueSource(ints = {KIB, 64 * KIB, 127 * KIB, 129 * KIB, MIB, 2 * MIB})
    void upToTheLimitIsTakenWithAndWithoutItsLength(int size) throws Exception {
        byte[] body = json(size);
        assertThat(send("hostile", BodyPublishers.ofByteArray(body)).statusCode())
                .isEqualTo(202);
        assertThat(send("hostile", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)))
                        .statusCode())
                .isEqualTo(202);
    }

    @ParameterizedTest
    @ValueSource(ints = {2 * MIB + 1, 3 * MIB, 25 * MIB, 27 * MIB, 100 * MIB})
    void beyondTheLimitIsRefusedByItsLengthBeforeItComes(int size) throws Exception {
        try (Wire wire = Wire.to(address)) {
            wire.send(head("hostile") + "Content-Length: " + size + "\r\n\r\n");
            assertThat(wire.status()).isEqualTo(413);
            assertThat(held()).isZero();
        }
    }

    @Test
    void beyondTheLimitWithoutALengthIsRefusedAsItComesAndCutOffInTheEnd() throws Exception {
        try (Wire wire = Wire.to(address)) {
            wire.send(head("hostile") + "Transfer-Encoding: chunked\r\n\r\n");
            assertThat(wire.sendUntilCutOff(chunk(MIB), 3)).isFalse();
            assertThat(wire.status()).isEqualTo(413);
            assertThat(held()).isZero();
            assertThat(wire.sendUntilCutOff(chunk(MIB), 100)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "99999999999999999999", "1e3", "0x10", "1, 2", "five", "+5", " "})
    void withALengthThatIsNoneIsRefused(String length) throws Exception {
        try (Wire wire = Wire.to(address)) {
            wire.send(head("hostile") + "Content-Length: " + length + "\r\n\r\n{}");
            assertThat(wire.status()).isBetween(400, 499);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
                "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n"
            })
    void withTwoLengthsOrBrokenPiecesIsNeverAccepted(String rest) throws Exception {
        try (Wire wire = Wire.to(address)) {
            wire.send(head("hostile") + rest);
            // No answer is one, too: what follows on such a connection cannot be trusted.
            assertThat(wire.status()).isIn(0, 400, 401, 408, 413);
        }
    }

    @Test
    void thatIsPackedIsNeverUnpacked() throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            byte[] zeros = new byte[MIB];
            for (int i = 0; i < 100; i++) {
                gzip.write(zeros);
            }
        }
        assertThat(packed.size()).isLessThan(MIB);
        for (String encoding : List.of("gzip", "GZIP", "deflate", "br", "zstd", "identity, gzip")) {
            given().header("Authorization", "Bearer " + TOKEN)
                    .header("Content-Encoding", encoding)
                    .contentType("application/json")
                    .body(packed.toByteArray())
                    .post("/hooks/hostile")
                    .then()
                    .statusCode(415)
                    .body("detail", containsString("without Content-Encoding"));
        }
    }

    @Test
    void thatTricklesIsCutOffInTimeAndAnswered() throws Exception {
        try (Wire wire = Wire.to(address)) {
            wire.send(head("brief") + "Content-Length: 2000\r\n\r\n{");
            assertThat(wire.rest()).startsWith("HTTP/1.1 408 ");
        }
    }

    @Test
    void thatIsUnderWayIsCounted() {
        await().until(() -> {
            try (Wire wire = Wire.to(address)) {
                wire.send(head("hostile") + "Content-Length: " + (2 * MIB) + "\r\n\r\n")
                        .send(new byte[MIB]);
                return held() > 0;
            }
        });
    }

    @Test
    void thatIsHeldByManyAtOnceLeavesRoomForOthers() throws Exception {
        List<Wire> wires = new ArrayList<>();
        try {
            for (int i = 0; i < 12; i++) {
                Wire wire = Wire.to(address);
                wires.add(wire);
                wire.send(head("hostile") + "Content-Length: " + (2 * MIB) + "\r\n\r\n");
                wire.sendUntilCutOff(new byte[MIB], 1);
                wire.sendUntilCutOff(new byte[MIB - 1], 1);
                assertThat(held()).isLessThanOrEqualTo(ROOM / 2);
            }
            bystander().statusCode(202);
            List<Integer> answers = new ArrayList<>();
            for (Wire wire : wires) {
                answers.add(wire.status());
            }
            assertThat(answers).containsOnly(408, 503).contains(503);
        } finally {
            for (Wire wire : wires) {
                wire.close();
            }
        }
    }

    private HttpResponse<String> send(String name, HttpRequest.BodyPublisher body) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(address.resolve("/hooks/" + name))
                            .header("Authorization", "Bearer " + TOKEN)
                            .header("Content-Type", "application/json")
                            .POST(body)
                            .build(),
                    BodyHandlers.ofString());
        }
    }

    private static byte[] chunk(int size) {
        return (Integer.toHexString(size) + "\r\n" + "x".repeat(size) + "\r\n").getBytes(UTF_8);
    }
}
