package dev.tiphys.gateway;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.testkit.GitHubPush;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is sent is answered as it is documented, and what the gateway holds of it stays bounded and is let go. */
@QuarkusTest
@QuarkusTestResource(BrokerResource.class)
@Tag("real")
class HostileSendersTest {
    private static final String TOKEN = "hostile token";
    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;

    /** What the test's configuration lets all senders together, and one of them alone, be held of. */
    private static final long ROOM = 8L * MIB;

    @TestHTTPResource("/")
    URI address;

    @BeforeEach
    void definitions() {
        BrokerResource.secret("hostile", "token", TOKEN);
        apply("""
                {apiVersion: tiphys.dev/v1, kind: Source, metadata: {name: hostile}, spec: {verify: {bearer: {secretRef: {name: hostile}}}}}
                ---
                {apiVersion: tiphys.dev/v1, kind: Source, metadata: {name: bystander}, spec: {verify: {bearer: {secretRef: {name: hostile}}}}}
                ---
                {apiVersion: tiphys.dev/v1, kind: Source, metadata: {name: narrow}, spec: {verify: {bearer: {secretRef: {name: hostile}}}, limits: {body: 2Ki, rate: 1, burst: 2, time: 1s}}}
                ---
                {apiVersion: tiphys.dev/v1, kind: Source, metadata: {name: terse}, spec: {verify: {bearer: {secretRef: {name: hostile}}}, limits: {headers: 2Ki}}}
                """).statusCode(200);
    }

    @AfterEach
    void everythingIsLetGo() {
        await().untilAsserted(() -> assertThat(held()).isZero());
        bystander().statusCode(202);
    }

    @Nested
    class ABody {
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
                wire.send(head("narrow") + "Content-Length: 2000\r\n\r\n{");
                assertThat(wire.rest()).startsWith("HTTP/1.1 408 ");
            }
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
    }

    @Nested
    class AHead {
        @Test
        void ofTenThousandHeadersIsRefused() throws Exception {
            refused(IntStream.range(0, 10_000)
                    .mapToObj(i -> "X-" + i + ": 1\r\n")
                    .collect(Collectors.joining()));
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

    /** The configuration of the test allows 400. */
    @Test
    void moreConnectionsThanAreAllowedAreClosedAndTheOthersServed() throws Exception {
        List<Wire> wires = new ArrayList<>();
        try {
            String request = head("bystander") + "Content-Length: 2\r\n\r\n{}";
            int status = 202;
            while (status == 202 && wires.size() < 450) {
                Wire wire = Wire.to(address);
                wires.add(wire);
                wire.sendUntilCutOff(request.getBytes(UTF_8), 1);
                status = wire.status();
            }
            assertThat(status).as("of the one too many").isZero();
            assertThat(wires).hasSizeBetween(300, 401);
            wires.getFirst().send(request.replace("Content-Length", "Connection: close\r\nContent-Length"));
            assertThat(wires.getFirst().rest()).contains("HTTP/1.1 202 Accepted\r\n");
        } finally {
            for (Wire wire : wires) {
                wire.close();
            }
        }
    }

    @Nested
    class AnEndpointsOwnLimit {
        @Test
        void ofItsBodyHolds() {
            deliver("narrow", new String(json(2 * KIB + 1), UTF_8), id()).statusCode(413);
            deliver("hostile", new String(json(2 * KIB + 1), UTF_8), id()).statusCode(202);
        }

        @Test
        void ofItsHeadersHoldsSaysWhatToDoAndIsRemembered() {
            String answer = withHeaderOf("terse", 2 * KIB)
                    .statusCode(431)
                    .contentType("application/problem+json")
                    .extract()
                    .path("detail");
            assertThat(answer)
                    .matches(
                            "the names and values of the headers have 2[0-9]{3} bytes, and this endpoint takes 2048: .*"
                                    + "have limits.headers of its definition raised");
            await().untilAsserted(() -> authorised()
                    .get("/api/deliveries?endpoint=terse&verdict=headers-too-large")
                    .then()
                    .statusCode(200)
                    .body("items.reason", hasItem(answer)));

            withHeaderOf("terse", KIB).statusCode(202);
            withHeaderOf("hostile", 2 * KIB).statusCode(202);
        }

        private ValidatableResponse withHeaderOf(String name, int size) {
            return authorisedSender()
                    .header("X-Long", "x".repeat(size))
                    .body("{}")
                    .post("/hooks/" + name)
                    .then();
        }

        @Test
        void ofItsRateHoldsAndSaysWhenToComeAgain() {
            ValidatableResponse answer = deliver("narrow", "{}", id()).statusCode(202);
            for (int i = 0; i < 50 && answer.extract().statusCode() == 202; i++) {
                answer = deliver("narrow", "{}", id());
            }
            answer.statusCode(429).body("detail", equalTo("the endpoint's rate is used up"));
            assertThat(Integer.parseInt(answer.extract().header("Retry-After"))).isPositive();
            deliver("hostile", "{}", id()).statusCode(202);
        }
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

    @Nested
    class ADeliveryThatComesAgain {
        @Test
        void isTheSameEventByItsIdWhateverItsBody() {
            String id = id();
            String first = event(deliver("hostile", "{\"n\": 1}", id));
            assertThat(event(deliver("hostile", "{\"n\": 1}", id))).isEqualTo(first);
            assertThat(event(deliver("hostile", "{\"n\": 2}", id))).isEqualTo(first);
            assertThat(Log.events(first))
                    .singleElement()
                    .satisfies(event -> assertThat(((ExternalEvent) event.data())
                                    .body()
                                    .path("n")
                                    .asInt())
                            .isEqualTo(1));
        }

        /** The id is the sender's word, and a plain token signs nothing. */
        @Test
        void isAnotherEventUnderAnotherId() {
            String first = event(deliver("hostile", "{}", id()));
            String second = event(deliver("hostile", "{}", id()));
            assertThat(second).isNotEqualTo(first);
            assertThat(Log.events(second)).hasSize(1);
        }

        @Test
        void isEachEndpointsOwnWhereTwoShareASecret() {
            String id = id();
            String one = event(deliver("hostile", "{}", id));
            String other = event(deliver("bystander", "{}", id));
            assertThat(other).isNotEqualTo(one);
            assertThat(endpointOf(one)).isEqualTo("hostile");
            assertThat(endpointOf(other)).isEqualTo("bystander");
        }

        private String endpointOf(String event) {
            return ((ExternalEvent) Log.events(event).getFirst().data()).endpoint();
        }
    }

    @Nested
    class Slack {
        private static final String NAME = "hostile-slack";

        @BeforeEach
        void definition() {
            BrokerResource.secret(NAME, "secret", "slack signing secret");
            apply("{apiVersion: tiphys.dev/v1, kind: Source, metadata: {name: " + NAME
                            + "}, spec: {sender: slack, secret: {secretRef: {name: " + NAME + "}}}}")
                    .statusCode(200);
        }

        @Test
        void isToldThatSomebodyIsThere() {
            HttpResponse<String> answer = post(
                    "{\"type\": \"url_verification\", \"token\": \"old\", \"challenge\": \"c-1\"}",
                    "application/json",
                    0);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("{\"challenge\":\"c-1\"}");
        }

        @Test
        void sendsFormsThatAreSignedAsTheyAre() {
            HttpResponse<String> answer = post(
                    "token=old&command=%2Fdeploy&text=shop+now", "application/x-www-form-urlencoded; charset=utf-8", 0);
            assertThat(answer.statusCode()).isEqualTo(202);
            String event = JsonPath.from(answer.body()).getString("event");
            ExternalEvent told = (ExternalEvent) Log.events(event).getFirst().data();
            assertThat(told.type()).isEqualTo("/deploy");
            assertThat(told.body().path("text").asText()).isEqualTo("shop now");
            assertThat(told.body().has("token")).isFalse();
        }

        @Test
        void ofAnotherTimeIsRefused() {
            for (int late : List.of(-600, 600)) {
                assertThat(post("{\"type\": \"x\"}", "application/json", late).statusCode())
                        .isEqualTo(401);
            }
        }

        @Test
        void withABodySwappedUnderAValidSignatureIsRefused() {
            String moment = Long.toString(Instant.now().getEpochSecond());
            String signature = signed(moment, "{\"type\": \"a\"}");
            assertThat(send(signature, moment, "{\"type\": \"a\"}", "application/json")
                            .statusCode())
                    .isEqualTo(202);
            assertThat(send(signature, moment, "{\"type\": \"b\"}", "application/json")
                            .statusCode())
                    .isEqualTo(401);
        }

        private HttpResponse<String> post(String body, String type, long late) {
            String moment = Long.toString(Instant.now().getEpochSecond() + late);
            return send(signed(moment, body), moment, body, type);
        }

        private static String signed(String moment, String body) {
            return GitHubPush.sign("slack signing secret", ("v0:" + moment + ":" + body).getBytes(UTF_8))
                    .replace("sha256=", "v0=");
        }

        /** By a client that sends a form as the bytes that it is. */
        private HttpResponse<String> send(String signature, String moment, String body, String type) {
            try (HttpClient client = HttpClient.newHttpClient()) {
                return client.send(
                        HttpRequest.newBuilder(address.resolve("/hooks/" + NAME))
                                .header("X-Slack-Signature", signature)
                                .header("X-Slack-Request-Timestamp", moment)
                                .header("Content-Type", type)
                                .POST(BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.ofString());
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** None of these makes the gateway ask anybody anything: neither the topic nor the address is one that is let in. */
    @Test
    void aSubscriptionOfAnotherTopicIsRefusedWhateverItsContentType() {
        apply("{apiVersion: tiphys.dev/v1, kind: Source, metadata: {name: hostile-sns},"
                        + " spec: {sender: sns, topics: [\"arn:aws:sns:eu-west-1:123456789012:shop\"]}}")
                .statusCode(200);
        for (String certificate : List.of(
                "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem",
                "https://169.254.169.254/SimpleNotificationService-1.pem",
                "https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-1.pem")) {
            given().header("x-amz-sns-message-type", "SubscriptionConfirmation")
                    .header("Content-Type", "text/plain; charset=UTF-8")
                    .body(Json.bytes(Map.of(
                            "Type", "SubscriptionConfirmation",
                            "MessageId", "m-1",
                            "TopicArn",
                                    certificate.startsWith("https://sns.eu-west-1.amazonaws.com/")
                                            ? "arn:aws:sns:eu-west-1:666666666666:evil"
                                            : "arn:aws:sns:eu-west-1:123456789012:shop",
                            "Token", "t",
                            "Message", "m",
                            "SubscribeURL", "https://127.0.0.1/?Action=ConfirmSubscription",
                            "Timestamp", Instant.now().toString(),
                            "SignatureVersion", "2",
                            "Signature", "AAAA",
                            "SigningCertURL", certificate)))
                    .post("/hooks/hostile-sns")
                    .then()
                    .statusCode(401);
        }
    }

    /** Nobody is at the issuer's address: each of them would have made the gateway ask there. */
    @Test
    void whoNamesKeysThatCannotBeFetchedIsTurnedAwayInTheEnd() {
        apply("{apiVersion: tiphys.dev/v1, kind: Source, metadata: {name: hostile-oidc}, spec: {verify: {oidc:"
                        + " {issuer: \"https://localhost\", audience: tiphys, keysUrl: \"https://localhost/keys\","
                        + " claims: {sub: shop}}}}}")
                .statusCode(200);
        Map<String, Object> claims = Map.of(
                "iss", "https://localhost",
                "aud", "tiphys",
                "sub", "shop",
                "exp", Instant.now().plusSeconds(600).getEpochSecond());
        Set<Integer> statuses = ConcurrentHashMap.newKeySet();
        try (HttpClient client = HttpClient.newHttpClient();
                ExecutorService strangers = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 1_000; i++) {
                HttpRequest request = HttpRequest.newBuilder(address.resolve("/hooks/hostile-oidc"))
                        .header(
                                "Authorization",
                                "Bearer " + part(Map.of("alg", "RS256", "kid", "k" + i)) + "." + part(claims) + ".AAAA")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{}"))
                        .build();
                var _ = strangers.submit(() -> statuses.add(
                        client.send(request, BodyHandlers.discarding()).statusCode()));
            }
        }
        assertThat(statuses).containsExactlyInAnyOrder(503, 429);
    }

    private static String part(Map<String, ?> json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Json.bytes(json));
    }

    @Test
    void anArgoWebhookByGetTakesItsQueryForABody() {
        BrokerResource.secret("hostile-argo", "token", TOKEN);
        apply("""
                {apiVersion: argoproj.io/v1alpha1, kind: EventSource, metadata: {name: hostile-argo},
                 spec: {webhook: {poll: {endpoint: /poll, method: GET, port: "12000",
                   authSecret: {name: hostile-argo, key: token}}}}}
                """).statusCode(200);
        String event = event(given().urlEncodingEnabled(false)
                .header("Authorization", "Bearer " + TOKEN)
                .get("/hooks/hostile-argo/poll?a=1&b=two%20words")
                .then());
        assertThat(((ExternalEvent) Log.events(event).getFirst().data()).body().toString())
                .contains("two words")
                .doesNotContain(TOKEN);
        given().get("/hooks/hostile-argo/poll?a=1").then().statusCode(401);
        given().header("Authorization", "Bearer " + TOKEN)
                .post("/hooks/hostile-argo/poll")
                .then()
                .statusCode(405);
    }

    /** Its client understands no other answer, and would send the same again. */
    @Test
    void storageGridIsAnsweredAsSnsAnswers() {
        BrokerResource.secret("hostile-argo", "token", TOKEN);
        apply("""
                {apiVersion: argoproj.io/v1alpha1, kind: EventSource, metadata: {name: hostile-grid},
                 spec: {storageGrid: {bucket: {filter: {prefix: in/}, webhook: {authSecret: {name: hostile-argo, key: token}}}}}}
                """).statusCode(200);

        String event = publish("in/a.csv").extract().path("PublishResponse.PublishResult.MessageId");
        assertThat(((ExternalEvent) Log.events(event).getFirst().data())
                        .body()
                        .at("/notification/Action")
                        .asText())
                .isEqualTo("Publish");
        publish("out/a.csv").body("PublishResponse.PublishResult.MessageId", equalTo("not-for-this-endpoint"));
        given().header("Content-Type", "application/x-www-form-urlencoded")
                .body("Action=Publish")
                .post("/hooks/hostile-grid/bucket")
                .then()
                .statusCode(401)
                .contentType("application/problem+json");
    }

    private static ValidatableResponse publish(String key) {
        return given().header("Authorization", "Bearer " + TOKEN)
                .formParam("Action", "Publish")
                .formParam("Message", "{\"Records\": [{\"s3\": {\"object\": {\"key\": \"" + key + "\"}}}]}")
                .post("/hooks/hostile-grid/bucket")
                .then()
                .statusCode(200)
                .contentType("text/xml");
    }

    @Test
    @EnabledOnOs(OS.LINUX) // Even root cannot read this file of Linux'.
    void aSecretThatCannotBeReadStopsItsOwnEndpointAlone() throws IOException {
        Path secret = Files.createDirectories(BrokerResource.home().resolve("secrets/hostile-unreadable"))
                .resolve("token");
        if (!Files.isSymbolicLink(secret)) {
            Files.createSymbolicLink(secret, Path.of("/proc/self/mem"));
        }
        apply("""
                {apiVersion: tiphys.dev/v1, kind: Source, metadata: {name: unreadable}, spec: {verify: {bearer: {secretRef: {name: hostile-unreadable}}}}}
                """).statusCode(200);
        deliver("unreadable", "{}", id()).statusCode(503).body("detail", containsString("deliver it again"));
        deliver("hostile", "{}", id()).statusCode(202);
        authorised()
                .get("/api/endpoints")
                .then()
                .statusCode(200)
                .body("items.find { it.name == 'unreadable' }.trouble", containsString("cannot be read"))
                .body("items.find { it.name == 'hostile' }.trouble", nullValue());
    }

    @Test
    void aQueueThatCannotBeReadStopsItselfAlone() {
        apply("""
                {apiVersion: tiphys.dev/v1, kind: Queue, metadata: {name: hostile-queue}, spec: {
                  kafka: {servers: "127.0.0.1:1", topic: nothing}}}
                """).statusCode(200);
        try {
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> authorised()
                            .get("/api/queues")
                            .then()
                            .statusCode(200)
                            .body("items.name", hasItem("hostile-queue")));
            bystander().statusCode(202);
        } finally {
            authorised().delete("/api/definitions/Queue/hostile-queue").then().statusCode(204);
        }
    }

    private static ValidatableResponse bystander() {
        return deliver("bystander", "{}", id());
    }

    private static RequestSpecification authorisedSender() {
        return given().header("Authorization", "Bearer " + TOKEN).header("Content-Type", "application/json");
    }

    private static ValidatableResponse deliver(String name, String body, String id) {
        return authorisedSender()
                .header("X-Delivery-Id", id)
                .body(body.getBytes(UTF_8))
                .post("/hooks/" + name)
                .then();
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

    private static String event(ValidatableResponse answer) {
        return answer.statusCode(202).extract().path("event");
    }

    private static String head(String name) {
        return "POST /hooks/" + name + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Authorization: Bearer " + TOKEN + "\r\n";
    }

    private static byte[] json(int size) {
        String frame = "{\"at\": \"" + Instant.now() + "\", \"x\": \"\"}";
        return frame.replace("\"x\": \"", "\"x\": \"" + "x".repeat(size - frame.length()))
                .getBytes(UTF_8);
    }

    private static byte[] chunk(int size) {
        return (Integer.toHexString(size) + "\r\n" + "x".repeat(size) + "\r\n").getBytes(UTF_8);
    }

    /** {@return the bytes of all deliveries that are under way, as the metric has it} */
    private static long held() {
        return authorised()
                .get("/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith("tiphys_gateway_hooks_buffered_bytes"))
                .mapToLong(line -> Math.round(Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))))
                .findFirst()
                .orElseThrow();
    }

    private static String id() {
        return UUID.randomUUID().toString();
    }

    private static ValidatableResponse apply(String yaml) {
        return authorised()
                .contentType("text/yaml")
                .body(yaml)
                .put("/api/definitions")
                .then();
    }

    private static RequestSpecification authorised() {
        return given().header("Authorization", "Bearer let-me-in");
    }
}
