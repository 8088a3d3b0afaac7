package dev.tiphys.gateway;

import static dev.tiphys.gateway.HostileSenders.apply;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.testkit.GitHubPush;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a sender says of itself is checked, and asks nothing of anybody who was not let in. */
@QuarkusTest
@QuarkusTestResource(BrokerResource.class)
@Tag("real")
class HostileClaimsTest {
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
}
