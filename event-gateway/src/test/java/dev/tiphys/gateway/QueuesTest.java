package dev.tiphys.gateway;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import dev.tiphys.contracts.Topic;
import dev.tiphys.contracts.audit.ActionTaken;
import dev.tiphys.contracts.audit.DeadLettered;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.cloudevent.CloudEventCodec;
import dev.tiphys.contracts.cloudevent.Decoded;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.queueserver.EmbeddedQueue;
import io.agroal.api.AgroalDataSource;
import io.quarkus.agroal.DataSource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
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
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** Queues, as the service reads them: a real queue server, a real broker, a real database. */
@QuarkusTest
@QuarkusTestResource(BrokerResource.class)
@Tag("real")
class QueuesTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    static Path directory;

    @Inject
    @DataSource("gateway")
    AgroalDataSource source;

    private static EmbeddedQueue server;
    private static SqsClient client;

    private final String name =
            "q" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);

    @BeforeAll
    static void start() {
        server = EmbeddedQueue.start(directory, 0);
        client = SqsClient.builder()
                .endpointOverride(server.endpoint())
                .region(Region.US_EAST_1)
                .credentialsProvider(AnonymousCredentialsProvider.create())
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    @AfterEach
    void forget() {
        asked().delete("/api/definitions/Queue/" + name);
    }

    private static RequestSpecification asked() {
        return given().header("Authorization", "Bearer let-me-in").header("Tiphys-Actor", "ada");
    }

    private String url() {
        return server.endpoint() + "/000000000000/" + name;
    }

    private void define(String deduplicateBy) {
        asked().body("""
                        {apiVersion: tiphys.dev/v1, kind: Queue, metadata: {name: %s}, spec: {
                          sqs: {queueUrl: "%s", region: us-east-1, endpoint: "%s"},
                          deduplicateBy: "%s", maxReceives: 2}}""".formatted(name, url(), server.endpoint(), deduplicateBy))
                .put("/api/definitions")
                .then()
                .statusCode(200);
    }

    private void send(String body) {
        client.sendMessage(request -> request.queueUrl(url()).messageBody(body));
    }

    private List<ExternalEvent> events() {
        return read(Topic.EVENTS, ExternalEvent.class).stream()
                .filter(event -> event.endpoint().equals(name))
                .toList();
    }

    private static <T> List<T> read(Topic topic, Class<T> type) {
        return Log.records(topic).stream()
                .map(record -> ((Decoded.Known) CloudEventCodec.read(record.headers(), record.value())).event())
                .map(CloudEvent::data)
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    private JsonPath status() {
        return asked().get("/api/queues/" + name)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    private void awaitState(String state) {
        await().atMost(SOON)
                .until(() -> asked().get("/api/queues/" + name).statusCode() == 200
                        && status().getString("state").equals(state));
    }

    private boolean isEmpty() {
        return client
                .getQueueAttributes(request -> request.queueUrl(url())
                        .attributeNames(
                                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE))
                .attributes()
                .values()
                .stream()
                .allMatch("0"::equals);
    }

    @Test
    void areReadAsSoonAsTheyAreDefinedAndNoLongerThanThat() {
        define("message.body.order");
        awaitState("running");
        send("{\"order\": 1}");
        send("{\"order\": 1}");

        await().atMost(SOON).until(() -> isEmpty() && !events().isEmpty());
        assertThat(events()).extracting(ExternalEvent::delivery).containsExactly("1");
        assertThat(status().getInt("counts.accepted")).isEqualTo(1);
        assertThat(status().getInt("counts.duplicate")).isEqualTo(1);

        asked().delete("/api/definitions/Queue/" + name).then().statusCode(204);

        await().atMost(SOON).until(() -> asked().get("/api/queues/" + name).statusCode() == 404);
    }

    @Test
    void loseNothingAndParkNothingWhileTheBrokerIsAway() {
        define("message.body.order");
        awaitState("running");
        BrokerResource.stopBroker();
        try {
            IntStream.range(0, 20).forEach(i -> send("{\"order\": " + i + "}"));
            awaitState("waiting");
        } finally {
            BrokerResource.startBroker();
        }

        await().atMost(SOON).until(this::isEmpty);
        assertThat(events().stream().map(ExternalEvent::delivery).distinct()).hasSize(20);
        asked().get("/api/parked?queue=" + name).then().body("items", hasSize(0));
        awaitState("running");
    }

    @Test
    void parkWhatCannotBecomeAnEventUntilAPersonSendsItInAgain() {
        define("message.body.order");
        send("{\"id\": \"o-1\"}");
        send("{\"id\": \"o-2\"}");
        send("{\"order\": \"o-3\"}");

        await().atMost(SOON)
                .until(() -> asked().get("/api/parked?queue=" + name)
                                .jsonPath()
                                .getList("items")
                                .size()
                        == 2);
        assertThat(events()).extracting(ExternalEvent::delivery).containsExactly("o-3");
        assertThat(isEmpty()).isTrue();
        JsonPath page = asked().get("/api/parked?limit=1&queue=" + name).jsonPath();
        String second = page.getString("items[0].id");
        String first = asked().get("/api/parked?limit=1&queue=" + name + "&after=" + page.getString("next"))
                .jsonPath()
                .getString("items[0].id");
        asked().get("/api/parked/" + first)
                .then()
                .statusCode(200)
                .body("parked.reason", containsString("order"))
                .body("parked.receives", equalTo(2))
                .body("body.id", notNullValue())
                .body("parked.redrivenAt", nullValue());
        assertThat(read(Topic.DEAD_LETTERS, DeadLettered.class))
                .filteredOn(letter -> letter.topic().equals(name))
                .hasSize(2);

        assertThat(page.getLong("items[0].bytes")).isEqualTo("{'id': 'o-1'}".length());
        onlyListedWithoutBeingRead();

        asked().post("/api/parked/" + first + "/redrive").then().statusCode(422);
        define("message.body.id");
        String event = asked().post("/api/parked/" + first + "/redrive")
                .then()
                .statusCode(200)
                .body("event", notNullValue())
                .extract()
                .path("event");
        await().atMost(SOON)
                .until(() -> asked().get("/api/deliveries?verdict=accepted&endpoint=" + name)
                        .jsonPath()
                        .getList("items.events.flatten()")
                        .contains(event));
        asked().get("/api/deliveries?verdict=missed").then().statusCode(200);
        asked().post("/api/parked/" + first + "/redrive")
                .then()
                .statusCode(409)
                .body("detail", containsString("redriven before"));
        asked().delete("/api/parked/" + second).then().statusCode(204);
        asked().delete("/api/parked/" + second).then().statusCode(404);

        assertThat(events()).hasSize(2);
        asked().get("/api/parked?queue=" + name).then().body("items", hasSize(0));
        assertThat(read(Topic.AUDIT, ActionTaken.class))
                .filteredOn(
                        taken -> taken.target().contains(name) && taken.target().startsWith("parked"))
                .extracting(ActionTaken::action)
                .containsExactly("redrive", "discard");
    }

    /** Whoever read what they hold would find that it is none. */
    private void onlyListedWithoutBeingRead() {
        change("update gateway.parked set facts = '?' || facts where queue = '" + name + "'");
        asked().get("/api/parked?queue=" + name).then().statusCode(200).body("items", hasSize(2));
        change("update gateway.parked set facts = substr(facts, 2) where queue = '" + name + "'");
    }

    private void change(String sql) {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void areAskedForByTheirNumbers() {
        asked().get("/api/parked/nonsense").then().statusCode(404);
        asked().get("/api/parked?after=nonsense").then().statusCode(400);
        given().get("/api/parked").then().statusCode(401);
    }
}
