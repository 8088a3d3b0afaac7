package dev.tiphys.gateway;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tiphys.gateway.TraceCollector.Collected;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a collector of traces gets from the service, and what becomes of deliveries when it is away. */
@QuarkusTest
@QuarkusTestResource(BrokerResource.class)
@QuarkusTestResource(value = TraceCollector.class, restrictToAnnotatedClass = true)
@Tag("real")
class TracesTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String ADDRESS = "s3cret-in-the-address";

    private final String trace = hex(16);
    private final String above = hex(8);

    @BeforeEach
    void define() {
        BrokerResource.secret("traced", "token", "traced token");
        BrokerResource.secret("addressed", "secret", ADDRESS);
        asked().body("""
                        {apiVersion: tiphys.dev/v1, kind: Source, metadata: {name: traced}, spec: {verify: {bearer: {secretRef: {name: traced}}}}}
                        ---
                        {apiVersion: tiphys.dev/v1, kind: Source, metadata: {name: addressed}, spec: {verify: {address: {secretRef: {name: addressed}}}}}
                        """).put("/api/definitions").then().statusCode(200);
    }

    @Test
    void aDeliveryIsOneTraceFromItsSenderToTheEvent() {
        String event = delivered("traced token").path("event");

        Collected server = span(TraceCollector.SERVER);
        assertThat(server.name()).isEqualTo("POST /hooks/{name}");
        assertThat(server.parentId()).isEqualTo(above);
        assertThat(server.service()).isEqualTo("event-gateway");
        assertThat(server.attributes())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "http.request.method", "POST",
                        "http.route", "/hooks/{name}",
                        "http.response.status_code", "202",
                        "url.scheme", "http",
                        "network.protocol.version", "1.1",
                        "client.address", "127.0.0.1",
                        "tiphys.endpoint", "traced",
                        "tiphys.verdict", "accepted"));
        Collected send = span(TraceCollector.PRODUCER);
        assertThat(send.name()).isEqualTo("send tiphys.events");
        assertThat(send.parentId()).isEqualTo(server.spanId());
        assertThat(send.attributes())
                .containsEntry("cloudevents.event_id", event)
                .containsKeys("messaging.destination.partition.id", "messaging.kafka.offset");
        assertThat(Log.events(event))
                .singleElement()
                .satisfies(read -> assertThat(read.causality().traceparent()).isEqualTo(send.traceparent()));
    }

    @Test
    void aRefusedDeliveryHasASpanAndItsAddressIsInNone() {
        sender("another token").post("/hooks/traced").then().statusCode(401);
        Collected refused = span(TraceCollector.SERVER);
        assertThat(refused.attributes())
                .containsEntry("http.response.status_code", "401")
                .containsEntry("tiphys.endpoint", "traced")
                .containsEntry("tiphys.verdict", "unverified")
                .doesNotContainKey("error.type");

        String unknown = hex(16);
        given().header("traceparent", "00-" + unknown + "-" + above + "-01")
                .body("{}")
                .queryParam("token", ADDRESS)
                .post("/hooks/nowhere/" + ADDRESS)
                .then()
                .statusCode(404);
        given().contentType("application/json")
                .header("traceparent", "00-" + hex(16) + "-" + above + "-01")
                .body("{}")
                .post("/hooks/addressed/" + ADDRESS)
                .then()
                .statusCode(202);

        await().atMost(SOON).until(() -> TraceCollector.wire().contains("addressed"));
        assertThat(spans(unknown)).singleElement().satisfies(span -> {
            assertThat(span.name()).isEqualTo("POST /hooks/{name}");
            assertThat(span.attributes())
                    .containsEntry("http.response.status_code", "404")
                    .doesNotContainKey("tiphys.endpoint");
        });
        assertThat(TraceCollector.wire()).doesNotContain(ADDRESS, "nowhere", "url.path", "url.query", "url.full");
    }

    @Test
    void aMethodThatNobodyKnowsIsNotInAName() {
        sender("traced token").request("S3CRET", "/hooks/traced").then().statusCode(405);

        Collected span = span(TraceCollector.SERVER);
        assertThat(span.name()).isEqualTo("HTTP /hooks/{name}");
        assertThat(span.attributes()).containsEntry("http.request.method", "_OTHER");
    }

    @Test
    void aCollectorThatIsAwayCostsSpansAndNoDelivery() {
        TraceCollector.away();
        try {
            for (int i = 0; i < 60; i++) {
                delivered("traced token").then().statusCode(202);
            }
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(asked().get("/q/metrics").asString())
                            .contains("otel_sdk_processor_span_processed_total{error_type=\"queue_full\"}")
                            .containsPattern("otel_sdk_processor_span_processed_total\\{[^}]*} [1-9]"));
        } finally {
            TraceCollector.back();
        }

        String again = hex(16);
        await().atMost(SOON).until(() -> {
            given().header("Authorization", "Bearer traced token")
                    .header("traceparent", "00-" + again + "-" + above + "-01")
                    .contentType("application/json")
                    .body("{}")
                    .post("/hooks/traced")
                    .then()
                    .statusCode(202);
            return !spans(again).isEmpty();
        });
    }

    private Response delivered(String token) {
        return sender(token).post("/hooks/traced");
    }

    private RequestSpecification sender(String token) {
        return given().header("Authorization", "Bearer " + token)
                .header("traceparent", "00-" + trace + "-" + above + "-01")
                .contentType("application/json")
                .body("{}");
    }

    private Collected span(String kind) {
        return await().atMost(SOON)
                .until(
                        () -> spans(trace).stream()
                                .filter(span -> span.kind().equals(kind))
                                .toList(),
                        found -> !found.isEmpty())
                .getFirst();
    }

    private static List<Collected> spans(String trace) {
        return TraceCollector.spans().stream()
                .filter(span -> span.traceId().equals(trace))
                .toList();
    }

    private static String hex(int bytes) {
        byte[] random = new byte[bytes];
        ThreadLocalRandom.current().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    private static RequestSpecification asked() {
        return given().header("Authorization", "Bearer let-me-in");
    }
}
