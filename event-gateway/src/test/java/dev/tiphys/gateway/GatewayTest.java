package dev.tiphys.gateway;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;

import dev.tiphys.contracts.Topic;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.testkit.GitHubPush;
import dev.tiphys.testkit.GitServer;
import dev.tiphys.testkit.TestRepository;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service as it is deployed, before a real broker. */
@QuarkusTest
@QuarkusTestResource(BrokerResource.class)
@Tag("real")
class GatewayTest {
    private static final String SECRET = "shop secret";

    @TempDir
    static Path directory;

    @TestHTTPResource("/")
    URI address;

    private static GitServer git;
    private static TestRepository shop;
    private static TestRepository other;

    @BeforeAll
    static void repositories() {
        git = GitServer.start(directory);
        shop = git.createRepository("acme/shop");
        shop.commit("First", Map.of("deploy/dev/app.yaml", "a: 1"));
        shop.commit("Second", Map.of("deploy/dev/app.yaml", "a: 2"));
        other = git.createRepository("acme/other");
        other.commit("First", Map.of("a", "1"));
        other.commit("Second", Map.of("a", "2"));
    }

    @AfterAll
    static void closed() {
        git.close();
    }

    @BeforeEach
    void definitions() {
        BrokerResource.secret("shop-webhook", "secret", SECRET);
        BrokerResource.secret("other-webhook", "secret", "other secret");
        BrokerResource.secret("billing", "token", "billing token");
        apply("""
                {apiVersion: tiphys.dev/v1, kind: Repository, metadata: {name: shop}, spec: {url: "%s", webhook: {secretRef: {name: shop-webhook}}}}
                ---
                {apiVersion: tiphys.dev/v1, kind: Repository, metadata: {name: other}, spec: {url: "%s", webhook: {secretRef: {name: other-webhook}}}}
                ---
                {apiVersion: tiphys.dev/v1, kind: Source, metadata: {name: billing}, spec: {verify: {bearer: {secretRef: {name: billing}}}}}
                """.formatted(shop.url(), other.url())).statusCode(200);
    }

    @Nested
    class ADelivery {
        @Test
        void becomesAnEventOnTheLog() throws Exception {
            HttpResponse<String> answer = push(SECRET, id());

            assertThat(answer.statusCode()).isEqualTo(202);
            var events = Log.events(eventOf(answer));
            assertThat(events).hasSize(1);
            assertThat(events.getFirst().causality().definitionsOffset()).isPositive();
            ExternalEvent event = (ExternalEvent) events.getFirst().data();
            assertThat(event.git()).isNotNull();
            assertThat(event.git().revision()).isEqualTo(shop.head("main"));
            assertThat(event.git().changedPaths()).containsExactly("deploy/dev/app.yaml");
            assertThat(event.headers().toString()).doesNotContain("sha256=");
        }

        @Test
        void deliveredAgainIsTheSameEventOnce() throws Exception {
            String id = id();
            List<String> events = IntStream.range(0, 5)
                    .parallel()
                    .mapToObj(_ -> eventOf(pushed(SECRET, id)))
                    .distinct()
                    .toList();

            assertThat(events).hasSize(1);
            assertThat(Log.events(events.getFirst())).hasSize(1);
        }

        @Test
        void isSignedByEitherOfTwoSecrets() throws Exception {
            BrokerResource.secret("shop-webhook", "secret", "new secret");
            Awaitility.await()
                    .untilAsserted(
                            () -> assertThat(push(SECRET, id()).statusCode()).isEqualTo(401));

            BrokerResource.secret("shop-webhook", "secret-previous", SECRET);
            Awaitility.await()
                    .untilAsserted(
                            () -> assertThat(push(SECRET, id()).statusCode()).isEqualTo(202));
            assertThat(push("new secret", id()).statusCode()).isEqualTo(202);
        }

        @Test
        void withoutItsSecretIsRefused() throws Exception {
            assertThat(push("other secret", id()).statusCode()).isEqualTo(401);
            given().body("{}")
                    .contentType("application/json")
                    .post("/hooks/shop")
                    .then()
                    .statusCode(401)
                    .contentType("application/problem+json")
                    .body("detail", equalTo("the signature or token is missing or wrong"));
        }

        @Test
        void aboutAnotherRepositoryIsRefused() throws Exception {
            HttpResponse<String> answer =
                    GitHubPush.head(other, "main").deliver(address.resolve("/hooks/shop"), SECRET, id());

            assertThat(answer.statusCode()).isEqualTo(403);
        }

        @Test
        void ofNoInterestIsAnsweredWell() throws Exception {
            HttpResponse<String> answer = GitHubPush.ping(shop).deliver(address.resolve("/hooks/shop"), SECRET, id());

            assertThat(answer.statusCode()).isEqualTo(202);
            assertThat(answer.body()).contains("\"event\":null");
        }

        @Test
        void mayComeFromAnySource() {
            given().header("Authorization", "Bearer billing token")
                    .contentType("application/json")
                    .body("{\"type\": \"invoice.paid\"}")
                    .post("/hooks/billing")
                    .then()
                    .statusCode(202)
                    .body("event", notNullValue());
        }

        @Test
        void carriesItsSendersTraceOnWhenNobodyCollectsSpans() {
            String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
            String event = given().header("Authorization", "Bearer billing token")
                    .header("traceparent", trace)
                    .contentType("application/json")
                    .body("{}")
                    .post("/hooks/billing")
                    .then()
                    .statusCode(202)
                    .extract()
                    .path("event");

            assertThat(Log.events(event))
                    .singleElement()
                    .satisfies(
                            read -> assertThat(read.causality().traceparent()).isEqualTo(trace));
        }

        @Test
        void toNowhereIsNotFound() {
            given().body("{}").post("/hooks/nowhere").then().statusCode(404);
            authorised().body("{}").post("/hooks").then().statusCode(404);
            given().body("{}").post("/hooks/shop/more").then().statusCode(404);
        }

        @Test
        void byAnotherMethodIsNotAllowed() {
            given().get("/hooks/shop").then().statusCode(405).header("Allow", "POST");
        }

        @Test
        void asAFormOrPackedIsNotRead() {
            given().formParam("payload", "{}").post("/hooks/shop").then().statusCode(415);
            given().header("Content-Encoding", "gzip")
                    .body("x")
                    .post("/hooks/shop")
                    .then()
                    .statusCode(415);
        }

        @Test
        void thatIsTooLargeIsRefusedWhetherItSaysSoOrNot() throws Exception {
            byte[] large = new byte[3 * 1024 * 1024];
            try (HttpClient client = HttpClient.newHttpClient()) {
                HttpRequest.Builder request = HttpRequest.newBuilder(address.resolve("/hooks/shop"));
                assertThat(client.send(
                                        request.POST(HttpRequest.BodyPublishers.ofByteArray(large))
                                                .build(),
                                        HttpResponse.BodyHandlers.ofString())
                                .statusCode())
                        .isEqualTo(413);
                assertThat(client.send(
                                        request.POST(HttpRequest.BodyPublishers.ofInputStream(
                                                        () -> new ByteArrayInputStream(large)))
                                                .build(),
                                        HttpResponse.BodyHandlers.ofString())
                                .statusCode())
                        .isEqualTo(413);
            }
        }

        @Test
        void thatIsLargeIsKept() {
            byte[] noise = new byte[1_000_000];
            new Random(1).nextBytes(noise);
            String event = given().header("Authorization", "Bearer billing token")
                    .contentType("application/json")
                    .body("{\"noise\": \"" + Base64.getEncoder().encodeToString(noise) + "\"}")
                    .post("/hooks/billing")
                    .then()
                    .statusCode(202)
                    .extract()
                    .path("event");
            assertThat(Log.events(event)).hasSize(1);
        }

        @Test
        void thatDoesNotComeToItsEndIsCutOff() throws IOException {
            try (Socket socket = new Socket(address.getHost(), address.getPort())) {
                socket.setSoTimeout(20_000);
                socket.getOutputStream()
                        .write("POST /hooks/shop HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"
                                .getBytes(UTF_8));

                String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
                assertThat(answer).doesNotContain(" 200 ", " 202 ");
            }
        }

        @Test
        void thatIsNoJsonIsRefusedAfterItsProof() {
            byte[] body = "{".getBytes(UTF_8);
            given().header("X-Hub-Signature-256", GitHubPush.sign(SECRET, body))
                    .header("X-GitHub-Event", "push")
                    .contentType("application/json")
                    .body(body)
                    .post("/hooks/shop")
                    .then()
                    .statusCode(400);
        }

        @Test
        void isNeverLostWhileTheBrokerIsAway() throws Exception {
            String id = id();
            BrokerResource.stopBroker();
            try {
                HttpResponse<String> answer = push(SECRET, id);
                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            } finally {
                BrokerResource.startBroker();
            }

            HttpResponse<String> answer = Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> pushed(SECRET, id), again -> again.statusCode() == 202);
            assertThat(Log.events(eventOf(answer))).isNotEmpty();
        }
    }

    @Nested
    class Definitions {
        private static final String PIPELINE = """
                apiVersion: tiphys.dev/v1
                kind: Pipeline
                metadata: {name: %s}
                spec:
                  on: [{push: {repository: shop}}]
                  steps: [{name: one, wait: 5m}]
                """;

        @Test
        void areShownAsSoonAsTheyAreApplied() {
            apply(PIPELINE.formatted("shown"))
                    .statusCode(200)
                    .body("created.name", contains("shown"))
                    .body("warnings", hasSize(0));
            authorised()
                    .get("/api/definitions/Pipeline/shown")
                    .then()
                    .statusCode(200)
                    .body("metadata.name", equalTo("shown"));
            authorised()
                    .get("/api/definitions/pipeline")
                    .then()
                    .statusCode(200)
                    .body("items.metadata.name", hasItem("shown"));
            authorised().get("/api/definitions").then().statusCode(200).body("items.kind", hasItems("Repository"));
            apply(PIPELINE.formatted("shown")).statusCode(200).body("unchanged.name", contains("shown"));
        }

        @Test
        void areShownAsYaml() {
            apply(PIPELINE.formatted("yaml")).statusCode(200);
            authorised()
                    .accept("application/yaml")
                    .get("/api/definitions/Pipeline/yaml")
                    .then()
                    .statusCode(200)
                    .body(containsString("kind: Pipeline"));
        }

        @Test
        void thatAreWrongAreRefusedWithTheirPlaces() {
            authorised()
                    .queryParam("file", "p.yaml")
                    .contentType("text/yaml")
                    .body(PIPELINE.formatted("good") + "---\n"
                            + PIPELINE.formatted("bad").replace("5m", "soon"))
                    .put("/api/definitions")
                    .then()
                    .statusCode(422)
                    .contentType("application/problem+json")
                    .body("findings[0].file", equalTo("p.yaml"))
                    .body("findings[0].line", equalTo(13))
                    .body("findings[0].column", equalTo(29))
                    .body("findings[0].path", equalTo("spec.steps[0].wait"))
                    .body("findings[0].severity", equalTo("ERROR"));
            authorised().get("/api/definitions/Pipeline/good").then().statusCode(404);
        }

        @Test
        void areOnlyCheckedByADryRun() {
            authorised()
                    .queryParam("dryRun", true)
                    .contentType("application/json")
                    .body("{\"apiVersion\":\"tiphys.dev/v1\",\"kind\":\"Pipeline\",\"metadata\":{\"name\":\"dry\"},"
                            + "\"spec\":{\"steps\":[{\"name\":\"a\",\"wait\":\"5m\"}]}}")
                    .put("/api/definitions")
                    .then()
                    .statusCode(200)
                    .body("created.name", contains("dry"));
            authorised().get("/api/definitions/Pipeline/dry").then().statusCode(404);
        }

        @Test
        void withABrokenExpressionAreRefused() {
            apply(PIPELINE.formatted("expression").replace("wait: 5m", "wait: 5m, when: 1 +"))
                    .statusCode(422)
                    .body("findings[0].path", equalTo("spec.steps[0].when"));
        }

        @Test
        void areDeletedUnlessOthersNameThem() {
            apply(PIPELINE.formatted("naming")).statusCode(200);
            authorised()
                    .delete("/api/definitions/Repository/shop")
                    .then()
                    .statusCode(409)
                    .body("detail", containsString("Pipeline naming"));
            authorised().delete("/api/definitions/Pipeline/naming").then().statusCode(204);
            authorised().get("/api/definitions/Pipeline/naming").then().statusCode(404);
            authorised().delete("/api/definitions/Pipeline/naming").then().statusCode(404);
        }

        @Test
        void areAudited() {
            authorised()
                    .header("Tiphys-Actor", "ada")
                    .body(PIPELINE.formatted("audited-" + UUID.randomUUID()))
                    .put("/api/definitions")
                    .then()
                    .statusCode(200);
            assertThat(Log.records(Topic.AUDIT)).anyMatch(record -> "ada".equals(record.key()));
        }

        @Test
        void ofADirectoryAreFollowed() throws IOException {
            Path file = BrokerResource.home().resolve("definitions/one.yaml");
            Path wrong = BrokerResource.home().resolve("definitions/wrong.yaml");
            Files.writeString(file, PIPELINE.formatted("from-directory"));
            Files.writeString(wrong, PIPELINE.formatted("wrong").replace("5m", "soon"));
            eventually("/api/definitions/Pipeline/from-directory", 200);
            Awaitility.await()
                    .untilAsserted(() -> authorised()
                            .get("/api/definitions/problems")
                            .then()
                            .body("items.file", hasItem(wrong.toString()))
                            .body("items.line", hasItem(6)));

            Files.delete(wrong);
            Files.delete(file);

            eventually("/api/definitions/Pipeline/from-directory", 404);
            authorised().get("/api/definitions/problems").then().body("items.file", not(hasItem(wrong.toString())));
        }

        private void eventually(String path, int status) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> authorised().get(path).then().statusCode(status));
        }
    }

    private HttpResponse<String> push(String secret, String delivery) throws IOException, InterruptedException {
        return GitHubPush.head(shop, "main").deliver(address.resolve("/hooks/shop"), secret, delivery);
    }

    private HttpResponse<String> pushed(String secret, String delivery) {
        try {
            return push(secret, delivery);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String eventOf(HttpResponse<String> answer) {
        return JsonPath.from(answer.body()).getString("event");
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
