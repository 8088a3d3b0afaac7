package dev.tiphys.engine.story;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.Topic;
import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.cloudevent.CloudEventCodec;
import dev.tiphys.contracts.definition.DefinitionReader;
import dev.tiphys.contracts.definition.StoredDefinition;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.contracts.payload.Payload;
import dev.tiphys.platform.log.LogWriter;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Messages and ticks start runs that do something elsewhere, and can be tried out before. */
@QuarkusTest
@QuarkusTestResource(value = Parts.class, restrictToAnnotatedClass = true)
@Tag("real")
class OutsideStoryTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Instant MORNING = Instant.parse("2026-03-02T05:30:00Z");

    @Inject
    LogWriter log;

    private static final List<String> asked = new CopyOnWriteArrayList<>();
    private static HttpServer erp;

    @BeforeAll
    static void start() throws IOException {
        erp = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        erp.createContext("/", exchange -> {
            asked.add(exchange.getRequestURI() + " "
                    + new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        erp.start();
    }

    @AfterAll
    static void stop() {
        erp.stop(0);
    }

    @BeforeEach
    void publishDefinitions() {
        asked.clear();
        DefinitionReader.Reading reading = DefinitionReader.read("test.yaml", pipeline("paid"));
        assertThat(reading.findings())
                .filteredOn(finding -> finding.severity().name().equals("ERROR"))
                .isEmpty();
        for (DefinitionReader.Document document : reading.documents()) {
            StoredDefinition stored = document.stored();
            write(Topic.DEFINITIONS, stored.key().text(), stored.key().text(), Instant.now(), stored);
        }
        await().atMost(PATIENCE).until(() -> api().get("/api/pipelines/orders").statusCode() == 200);
    }

    private static String pipeline(String kind) {
        return """
                apiVersion: tiphys.dev/v1
                kind: Pipeline
                metadata: {name: orders}
                spec:
                  on:
                    - message: {queue: orders, when: "${{ event.body.kind == '%s' }}"}
                    - schedule: {cron: "30 6 * * MON-FRI", timeZone: Europe/Vienna, missed: latest}
                  steps:
                    - name: tell
                      http:
                        method: POST
                        url: http://127.0.0.1:%d/told/${{ event.source }}
                        body: {id: "${{ event.id }}", at: "${{ event.time }}"}
                """.formatted(kind, erp.getAddress().getPort());
    }

    @Test
    void aMessageStartsARunWhereItsConditionHolds() {
        message("m-1", "paid");
        message("m-2", "open");

        await().atMost(PATIENCE).until(() -> asked.size() == 1);
        assertThat(asked.getFirst()).startsWith("/told/orders ").contains("\"id\":\"m-1\"");
        awaitTrace("m-2");
        JsonNode refused = trace(api().get("/api/events/m-2/trace").asString());
        assertThat(refused.path("condition").asText()).isEqualTo("when");
        assertThat(refused.path("met").asText()).isEqualTo("false");
    }

    @Test
    void aTickStartsTheRunOfItsPipelineOnce() {
        for (int i = 0; i < 2; i++) {
            tick("t-1", "orders");
        }
        tick("t-2", "another");

        await().atMost(PATIENCE).until(() -> asked.size() == 1);
        assertThat(asked.getFirst()).contains("\"at\":\"2026-03-02T05:30:00Z\"");
        awaitTrace("t-2");
        assertThat(trace(api().get("/api/events/t-2/trace").asString())
                        .path("condition")
                        .asText())
                .isEqualTo("schedule");
        JsonNode on = json(api().get("/api/pipelines/orders").asString()).path("on");
        assertThat(on.at("/0/when").asText()).contains("event.body.kind");
        assertThat(on.at("/1/schedule/timeZone").asText()).isEqualTo("Europe/Vienna");
    }

    @Test
    void anEditedPipelineIsTriedOutWithoutStartingAnything() {
        message("m-3", "open");
        awaitTrace("m-3");

        String edited = api().contentType("text/yaml")
                .body(pipeline("open"))
                .post("/api/events/m-3/trace")
                .asString();
        String today = api().post("/api/events/m-3/trace").asString();
        String invented = api().contentType("application/json")
                .body(Map.of("event", Map.of("endpoint", "orders", "body", Map.of("kind", "paid")), "definitions", ""))
                .post("/api/trace")
                .asString();

        assertThat(trace(edited).path("started").asBoolean()).isTrue();
        assertThat(trace(edited).path("run").isNull()).isTrue();
        assertThat(trace(today).path("condition").asText()).isEqualTo("when");
        assertThat(trace(invented).path("started").asBoolean()).isTrue();
        assertThat(asked).isEmpty();
    }

    @Test
    void whatIsWrongIsSaidWithItsPlace() {
        message("m-4", "open");
        awaitTrace("m-4");

        JsonNode definitions = json(api().contentType("text/yaml")
                .body("apiVersion: tiphys.dev/v1\nkind: Pipeline\nmetadata: {name: orders}\nspec: {steps: 7}\n")
                .post("/api/events/m-4/trace")
                .then()
                .statusCode(422)
                .extract()
                .asString());
        JsonNode event = json(api().contentType("application/json")
                .body("{\"event\": {\"headers\": {\"a\": 1}}}")
                .post("/api/trace")
                .then()
                .statusCode(422)
                .extract()
                .asString());

        assertThat(definitions.at("/findings/0/line").asInt()).isEqualTo(4);
        assertThat(event.path("findings").findValuesAsText("path"))
                .containsExactlyInAnyOrder("event.endpoint", "event.headers.a");
        api().post("/api/events/nothing/trace").then().statusCode(404);
    }

    private void message(String id, String kind) {
        event(
                id,
                Instant.now(),
                new ExternalEvent(
                        "orders",
                        null,
                        ExternalEvent.MESSAGE,
                        id,
                        null,
                        Map.of(),
                        Map.of("group", "g"),
                        Json.mapper().createObjectNode().put("kind", kind)));
    }

    private void tick(String id, String pipeline) {
        event(
                id,
                MORNING,
                new ExternalEvent(
                        pipeline,
                        null,
                        ExternalEvent.TICK,
                        id,
                        null,
                        Map.of(),
                        Map.of("pipeline", pipeline, "cron", "30 6 * * MON-FRI", "timeZone", "Europe/Vienna"),
                        Json.mapper().createObjectNode()));
    }

    private void event(String id, Instant time, ExternalEvent event) {
        write(Topic.EVENTS, event.endpoint(), id, time, event);
    }

    private void write(Topic topic, String key, String id, Instant time, Payload payload) {
        CloudEvent<?> event = new CloudEvent<>(id, "/test", null, time, Causality.NONE, payload);
        log.append(List.of(CloudEventCodec.write(topic, key, event)))
                .toCompletableFuture()
                .join();
    }

    private void awaitTrace(String event) {
        await().atMost(PATIENCE)
                .until(() -> api().get("/api/events/" + event + "/trace").statusCode() == 200);
    }

    private static JsonNode trace(String text) {
        List<JsonNode> found = new ArrayList<>();
        json(text).path("decisions").forEach(found::add);
        return found.stream()
                .filter(each -> each.path("pipeline").asText().equals("orders"))
                .findFirst()
                .orElseThrow(() -> new AssertionError(text));
    }

    private static RequestSpecification api() {
        return given().header("Authorization", "Bearer test-token");
    }

    private static JsonNode json(String text) {
        try {
            return Json.mapper().readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(text, e);
        }
    }
}
