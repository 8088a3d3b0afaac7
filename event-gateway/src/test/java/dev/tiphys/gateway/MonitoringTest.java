package dev.tiphys.gateway;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.tiphys.queueserver.EmbeddedQueue;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;

/** What the dashboard and the alerts ask for is what the service tells. */
@QuarkusTest
@QuarkusTestResource(BrokerResource.class)
@Tag("real")
class MonitoringTest {
    private static final Path FILES = Path.of("../k8s/monitoring");
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String QUEUE = "measured";
    private static final String ADDRESS = "s3cret-in-the-address";

    @TempDir
    static Path directory;

    private static EmbeddedQueue server;

    @BeforeAll
    static void start() {
        server = EmbeddedQueue.start(directory, 0);
    }

    @AfterEach
    void forget() {
        asked().delete("/api/definitions/Queue/" + QUEUE);
        asked().delete("/api/definitions/Repository/lost");
        asked().delete("/api/definitions/Source/metered");
        asked().delete("/api/definitions/Source/addressed");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void allThatTheDashboardAndTheAlertsAskForIsThere() throws IOException {
        traffic();
        Map<String, String> expressions = new LinkedHashMap<>(alerts());
        expressions.putAll(panels());
        assertThat(expressions).hasSizeGreaterThan(30);

        await().atMost(SOON).untilAsserted(() -> {
            Scrape scrape = new Scrape(scraped());
            assertThat(expressions)
                    .allSatisfy((name, expression) ->
                            assertThat(scrape.missing(expression)).as(name).isEmpty());
        });
    }

    @Test
    void anExpressionNamesItsMetricsAndLabels() {
        String expression =
                "histogram_quantile(0.9, sum by (le, a) (rate(x_bucket{b=~\"y|/hooks/{name}\"}[5m]))) > 1 or z / w";

        assertThat(Scrape.metrics(expression)).containsExactlyInAnyOrder("x_bucket", "z", "w");
        assertThat(new Scrape("x_bucket{le=\"1\",b=\"\"} 1\nz 1").missing(expression))
                .containsExactlyInAnyOrder("w", "a");
    }

    @Test
    void aSecretInAnAddressNamesNoSeries() {
        BrokerResource.secret("addressed", "secret", ADDRESS);
        asked().body("{apiVersion: tiphys.dev/v1, kind: Source, metadata: {name: addressed},"
                        + " spec: {verify: {address: {secretRef: {name: addressed}}}}}")
                .put("/api/definitions")
                .then()
                .statusCode(200);
        given().contentType("application/json")
                .body("{}")
                .post("/hooks/addressed/" + ADDRESS)
                .then()
                .statusCode(202);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(scraped())
                        .contains("tiphys_endpoint=\"addressed\"", "http_route=\"/hooks/{name}\""));
        assertThat(scraped()).doesNotContain(ADDRESS);
    }

    private static void traffic() {
        BrokerResource.secret("metered", "token", "metered token");
        String url = server.endpoint() + "/000000000000/" + QUEUE;
        try (SqsClient client = SqsClient.builder()
                .endpointOverride(server.endpoint())
                .region(Region.US_EAST_1)
                .credentialsProvider(AnonymousCredentialsProvider.create())
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build()) {
            client.createQueue(request -> request.queueName(QUEUE));
            client.sendMessage(request -> request.queueUrl(url).messageBody("{\"id\": 1}"));
            client.sendMessage(request -> request.queueUrl(url).messageBody("{\"no\": \"id\"}"));
        }
        asked().body("""
                        {apiVersion: tiphys.dev/v1, kind: Source, metadata: {name: metered}, spec: {verify: {bearer: {secretRef: {name: metered}}}}}
                        ---
                        {apiVersion: tiphys.dev/v1, kind: Repository, metadata: {name: lost}, spec: {url: "https://github.com/acme/lost",
                          webhook: {secretRef: {name: lost}}, recovery: {token: {secretRef: {name: lost-api}}}}}
                        ---
                        {apiVersion: tiphys.dev/v1, kind: Queue, metadata: {name: %s}, spec: {
                          sqs: {queueUrl: "%s", region: us-east-1, endpoint: "%s"}, deduplicateBy: "message.body.id", maxReceives: 1}}
                        """.formatted(QUEUE, url, server.endpoint()))
                .put("/api/definitions")
                .then()
                .statusCode(200);
        deliver("metered token", 202);
        deliver("another", 401);
    }

    private static void deliver(String token, int status) {
        given().header("Authorization", "Bearer " + token)
                .contentType("application/json")
                .body("{}")
                .post("/hooks/metered")
                .then()
                .statusCode(status);
    }

    private static Map<String, String> alerts() throws IOException {
        Map<String, String> expressions = new LinkedHashMap<>();
        JsonNode rules = new YAMLMapper().readTree(FILES.resolve("alerts.yaml").toFile());
        rules.findValues("rules")
                .forEach(group -> group.forEach(rule -> {
                    assertThat(rule.at("/labels/severity").asText()).isIn(Set.of("warning", "critical"));
                    assertThat(rule.at("/annotations/summary").asText()).isNotEmpty();
                    expressions.put(
                            rule.path("alert").asText(), rule.path("expr").asText());
                }));
        return expressions;
    }

    private static Map<String, String> panels() throws IOException {
        Map<String, String> expressions = new LinkedHashMap<>();
        JsonNode dashboard =
                new ObjectMapper().readTree(FILES.resolve("event-gateway.json").toFile());
        for (JsonNode panel : dashboard.path("panels")) {
            List<String> all = new ArrayList<>();
            panel.path("targets").forEach(target -> all.add(target.path("expr").asText()));
            for (int i = 0; i < all.size(); i++) {
                expressions.put(panel.path("title").asText() + " " + i, all.get(i));
            }
        }
        return expressions;
    }

    private static String scraped() {
        return asked().get("/q/metrics").then().statusCode(200).extract().asString();
    }

    private static RequestSpecification asked() {
        return given().header("Authorization", "Bearer let-me-in");
    }
}
