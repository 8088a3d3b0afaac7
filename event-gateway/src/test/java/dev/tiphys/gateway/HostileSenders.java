package dev.tiphys.gateway;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.time.Instant;
import java.util.UUID;

/** Endpoints that are sent to in bad faith, one who only stands by, and what the gateway holds meanwhile. */
final class HostileSenders {
    static final String TOKEN = "hostile token";
    static final int KIB = 1024;
    static final int MIB = 1024 * KIB;

    private HostileSenders() {}

    static void endpoints() {
        BrokerResource.secret("hostile", "token", TOKEN);
        apply("""
                {apiVersion: tiphys.dev/v1, kind: Source, metadata: {name: hostile}, spec: {verify: {bearer: {secretRef: {name: hostile}}}}}
                ---
                {apiVersion: tiphys.dev/v1, kind: Source, metadata: {name: bystander}, spec: {verify: {bearer: {secretRef: {name: hostile}}}}}
                ---
                {apiVersion: tiphys.dev/v1, kind: Source, metadata: {name: narrow}, spec: {verify: {bearer: {secretRef: {name: hostile}}}, limits: {body: 2Ki}}}
                ---
                {apiVersion: tiphys.dev/v1, kind: Source, metadata: {name: seldom}, spec: {verify: {bearer: {secretRef: {name: hostile}}}, limits: {rate: 1, burst: 2}}}
                ---
                {apiVersion: tiphys.dev/v1, kind: Source, metadata: {name: brief}, spec: {verify: {bearer: {secretRef: {name: hostile}}}, limits: {time: 1s}}}
                ---
                {apiVersion: tiphys.dev/v1, kind: Source, metadata: {name: terse}, spec: {verify: {bearer: {secretRef: {name: hostile}}}, limits: {headers: 2Ki}}}
                """).statusCode(200);
    }

    static void everythingIsLetGo() {
        await().untilAsserted(() -> assertThat(held()).isZero());
        bystander().statusCode(202);
    }

    static ValidatableResponse bystander() {
        return deliver("bystander", "{}", id());
    }

    static RequestSpecification authorisedSender() {
        return given().header("Authorization", "Bearer " + TOKEN).header("Content-Type", "application/json");
    }

    static ValidatableResponse deliver(String name, String body, String id) {
        return authorisedSender()
                .header("X-Delivery-Id", id)
                .body(body.getBytes(UTF_8))
                .post("/hooks/" + name)
                .then();
    }

    static String event(ValidatableResponse answer) {
        return answer.statusCode(202).extract().path("event");
    }

    static String head(String name) {
        return "POST /hooks/" + name + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Authorization: Bearer " + TOKEN + "\r\n";
    }

    static byte[] json(int size) {
        String frame = "{\"at\": \"" + Instant.now() + "\", \"x\": \"\"}";
        return frame.replace("\"x\": \"", "\"x\": \"" + "x".repeat(size - frame.length()))
                .getBytes(UTF_8);
    }

    /** {@return the bytes of all deliveries that are under way, as the metric has it} */
    static long held() {
        return authorised()
                .get("/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith("tiphys_gateway_hooks_buffered_bytes"))
                .mapToLong(line -> Math.round(Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))))
                .findFirst()
                .orElseThrow();
    }

    static String id() {
        return UUID.randomUUID().toString();
    }

    static ValidatableResponse apply(String yaml) {
        return authorised()
                .contentType("text/yaml")
                .body(yaml)
                .put("/api/definitions")
                .then();
    }

    static RequestSpecification authorised() {
        return given().header("Authorization", "Bearer let-me-in");
    }
}
