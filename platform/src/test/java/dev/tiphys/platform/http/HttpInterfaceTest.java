package dev.tiphys.platform.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.platform.BrokerResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("real")
@QuarkusTest
@QuarkusTestResource(BrokerResource.class)
class HttpInterfaceTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String BEARER = "Bearer " + BrokerResource.TOKEN;

    @TestHTTPResource("/")
    URI address;

    @Nested
    class TheToken {
        @ParameterizedTest
        @ValueSource(
                strings = {"/api/example", "/q/metrics", "/q/openapi", "/q/dev", "/", "/nothing", "/hooks", "/q/healthy"
                })
        void isNeededEverywhere(String path) throws Exception {
            HttpResponse<String> answer = HTTP.send(request(path).build(), BodyHandlers.ofString());

            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
            assertThat(problem(answer).path("title").asText()).isEqualTo("Unauthorized");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"/hooks/example", "/q/health", "/q/health/live", "/q/health/ready", "/q/health/started"})
        void isNotNeededForHooksAndHealth(String path) throws Exception {
            assertThat(HTTP.send(request(path).build(), BodyHandlers.ofString()).statusCode())
                    .isEqualTo(200);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "Bearer",
                    "Bearer ",
                    "Bearer wrong",
                    "Bearer token-of-the-tes",
                    "Bearer token-of-the-testt",
                    "Basic dG9rZW4tb2YtdGhlLXRlc3Q=",
                    "token-of-the-test"
                })
        void mustBeTheWholeOne(String authorization) throws Exception {
            assertThat(HTTP.send(
                                    request("/api/example")
                                            .header("Authorization", authorization)
                                            .build(),
                                    BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(401);
        }

        /** Otherwise anyone could fill the table of metrics with addresses that nobody serves. */
        @Test
        void isNeededForAnAddressToBeCounted() throws Exception {
            HTTP.send(request("/api/made-up-by-a-stranger").build(), BodyHandlers.ofString());

            assertThat(get("/q/metrics").body()).doesNotContain("made-up-by-a-stranger");
        }

        @Test
        void opensTheRest() throws Exception {
            assertThat(get("/api/example").body()).isEqualTo("{\"items\":[\"api\"],\"next\":null}");
            assertThat(get("/q/metrics").body()).contains("jvm_memory");
            assertThat(get("/q/openapi").body()).contains("/api/example");
        }

        /** The guard and what lies behind it must mean the same address. */
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "//api/example",
                    "/hooks/../api/example",
                    "/hooks/%2e%2e/api/example",
                    "/hooks/%2E%2E/api/example",
                    "/hooks/..%2fapi/example",
                    "/hooks/..;/api/example",
                    "/hooks;/../api/example",
                    "/hooks/.%2e//api/example",
                    "/q/health/../metrics",
                    "/q/health/%2e%2e/metrics",
                    "/q/health/..%2fmetrics",
                    "/q/health/..;/metrics",
                    "/%61pi/example",
                    "/api;x=/hooks/example",
                    "/api/example?/hooks/",
                    "/api/example#/hooks/",
                    "/hooks/../q/openapi",
                    "/hooks/..\\api\\example",
                    "http://localhost/api/example",
                    "http://evil.example/../api/example",
                    "*"
                })
        void isNotGotAroundByTheSpellingOfAPath(String target) throws IOException {
            String answer = raw("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

            assertThat(answer).matches("(?s)HTTP/1.1 (400|401|403|404|405|421) .*");
            assertThat(answer).doesNotContain("items", "jvm_memory", "openapi:");
        }
    }

    @Nested
    class TheHost {
        @ParameterizedTest
        @CsvSource({
            "localhost, 200",
            "LocalHost:8080, 200",
            "127.0.0.1, 200",
            "127.0.0.1:1, 200",
            "[::1], 200",
            "[::1]:8080, 200",
            "tiphys.example.com, 200",
            "Tiphys.Example.Com:443, 200",
            "evil.example, 421",
            "localhost.evil.example, 421",
            "evil.example:8080, 421",
            "127.0.0.1.evil.example, 421",
            "10.0.0.1, 421",
            "0.0.0.0, 421",
            "[::2], 421",
            "user@localhost, 421",
            "localhost@evil.example, 421",
            "'', 421"
        })
        void mustBeOneThatIsServedHere(String host, int status) throws IOException {
            String answer = raw("GET /api/example HTTP/1.1\r\nHost: " + host + "\r\nAuthorization: " + BEARER
                    + "\r\nConnection: close\r\n\r\n");

            if (status == 421) {
                assertThat(answer).matches("(?s)HTTP/1.1 4(21|00) .*");
            } else {
                assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
            }
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"Host: localhost\r\nHost: evil.example\r\n", "Host: evil.example\r\nHost: localhost\r\n", ""
                })
        void mustBeNamedOnce(String headers) throws IOException {
            String answer = raw("GET /api/example HTTP/1.1\r\n" + headers + "Authorization: " + BEARER
                    + "\r\nConnection: close\r\n\r\n");

            assertThat(answer).matches("(?s)HTTP/1.1 4(21|00) .*");
        }

        @Test
        void isCheckedForHooksToo() throws IOException {
            assertThat(raw("GET /hooks/example HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 421 Misdirected Request")
                    .contains("application/problem+json", "evil.example");
        }

        @Test
        void isNotCheckedForHealthBecauseProbesNameThePod() throws IOException {
            assertThat(raw("GET /q/health/live HTTP/1.1\r\nHost: 10.1.2.3:8080\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 200");
        }

        @Test
        void isTheAuthorityInHttp2() throws Exception {
            HttpClient http2 =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
            // The first request asks to change the protocol, the second one is HTTP/2 from its beginning.
            http2.send(request("/q/health/live").build(), BodyHandlers.ofString());

            HttpResponse<String> answer = http2.send(authorised("/api/example").build(), BodyHandlers.ofString());
            HttpResponse<String> refused = http2.send(request("/api/example").build(), BodyHandlers.ofString());

            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(refused.statusCode()).isEqualTo(401);
        }
    }

    @Nested
    class TheOrigin {
        @ParameterizedTest
        @CsvSource({
            "https://evil.example, 403",
            "http://localhost.evil.example:8080, 403",
            "http://localhost:3000, 403",
            "http://127.0.0.1:8080, 403",
            "http://tiphys.example.com:8080, 403",
            "null, 403",
            "file://, 403",
            "http://localhost:8080, 200",
            "HTTP://LOCALHOST:8080, 200"
        })
        void mustBeThePageThatTheServiceItselfServed(String origin, int status) throws IOException {
            assertThat(raw("GET /api/example HTTP/1.1\r\nHost: localhost:8080\r\nOrigin: " + origin
                            + "\r\nAuthorization: " + BEARER + "\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 " + status + " ");
        }

        @Test
        void mayLeaveOutTheUsualPort() throws IOException {
            assertThat(raw("GET /api/example HTTP/1.1\r\nHost: tiphys.example.com\r\nOrigin: https://tiphys.example.com"
                            + "\r\nAuthorization: " + BEARER + "\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 ");
        }
    }

    @Nested
    class TheCharacterNul {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "/api/example/%00",
                    "/api/example/a%00b",
                    "/api/example?after=%00",
                    "/api/example?%00=1",
                    "/hooks/example?x=%00"
                })
        void isRefusedInAnAddress(String target) throws IOException {
            String answer = raw("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: " + BEARER
                    + "\r\nConnection: close\r\n\r\n");

            assertThat(answer)
                    .startsWith("HTTP/1.1 400 Bad Request")
                    .contains("application/problem+json", "must not hold the character NUL");
        }

        @Test
        void isNotWhatAPercentSignBeforeZerosMeans() throws Exception {
            HttpResponse<String> answer = get("/api/example/%2500");

            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(problem(answer).path("detail").asText()).isEqualTo("there is no failure %00");
        }
    }

    @Nested
    class AProblem {
        @Test
        void namesItsKindAndWhatToDo() throws Exception {
            HttpResponse<String> answer = get("/api/example/unavailable");

            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).contains("7");
            assertThat(problem(answer))
                    .isEqualTo(Json.mapper()
                            .readTree("{\"type\":\"about:blank\",\"title\":\"Service Unavailable\",\"status\":503,"
                                    + "\"detail\":\"the database is away\"}"));
        }

        @Test
        void listsTheFindingsWithTheirPlaces() throws Exception {
            HttpResponse<String> answer = get("/api/example/findings");

            assertThat(answer.statusCode()).isEqualTo(422);
            assertThat(problem(answer).at("/findings/0/line").asInt()).isEqualTo(3);
            assertThat(problem(answer).at("/findings/0/file").asText()).isEqualTo("shop.yaml");
        }

        @ParameterizedTest
        @CsvSource({"broker", "wrapped"})
        void saysThatTheBrokerIsAway(String failure) throws Exception {
            HttpResponse<String> answer = get("/api/example/" + failure);

            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            assertThat(problem(answer).toString()).doesNotContain("secret-in-a-cause");
        }

        @ParameterizedTest
        @ValueSource(strings = {"bug", "checked", "error"})
        void hidesWhatNobodyForesaw(String failure) throws Exception {
            HttpResponse<String> answer = get("/api/example/" + failure);

            assertThat(answer.statusCode()).isEqualTo(500);
            assertThat(problem(answer).path("detail").asText()).contains("its log names it by ");
            assertThat(answer.body()).doesNotContain("secret-in-a-bug", "Exception", "dev.tiphys");
        }

        @ParameterizedTest
        @CsvSource({
            "GET, /api/example/conflict, 409",
            "GET, /api/example/nonsense, 404",
            "GET, /api/nothing, 404",
            "PUT, /api/example, 405"
        })
        void isTheAnswerToEveryRefusal(String method, String path, int status) throws Exception {
            HttpResponse<String> answer = HTTP.send(
                    authorised(path).method(method, BodyPublishers.noBody()).build(), BodyHandlers.ofString());

            assertThat(answer.statusCode()).isEqualTo(status);
            assertThat(problem(answer).path("status").asInt()).isEqualTo(status);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"item\": ",
                    "{\"item\": {\"x\": \"hush\"}}",
                    "{\"count\": \"hush\"}",
                    "[]",
                    "{\"at\": \"hush\"}",
                    "nonsense"
                })
        void saysWhereTheBodyIsWrongAndShowsNothingOfIt(String body) throws Exception {
            HttpResponse<String> answer = post(body, "application/json");

            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(problem(answer).path("detail").asText()).startsWith("the body is not the JSON that");
            assertThat(answer.body()).doesNotContain("hush", "dev.tiphys", "ExampleResource");
        }

        @Test
        void saysThatAMediaTypeIsNotSpoken() throws Exception {
            HttpResponse<String> answer = post("<order/>", "application/xml");

            assertThat(answer.statusCode()).isEqualTo(415);
            assertThat(problem(answer).path("title").asText()).isEqualTo("Unsupported Media Type");
        }

        @Test
        void refusesAnActorThatIsNoName() throws Exception {
            HttpResponse<String> answer = HTTP.send(
                    authorised("/api/example")
                            .header("Tiphys-Actor", "<b>ada</b>")
                            .build(),
                    BodyHandlers.ofString());

            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(problem(answer).path("detail").asText()).contains("Tiphys-Actor");
        }
    }

    @Test
    void speaksTheJsonOfTheLog() throws Exception {
        HttpResponse<String> answer =
                post("{\"item\":\"x\",\"count\":1,\"at\":\"2026-01-02T03:04:05Z\",\"more\":1}", "application/json");

        assertThat(answer.body()).isEqualTo("{\"item\":\"x\",\"count\":1,\"at\":\"2026-01-02T03:04:05Z\"}");
    }

    @Test
    void isReadyWithItsDefinitions() throws Exception {
        JsonNode health = Json.mapper()
                .readTree(HTTP.send(request("/q/health/ready").build(), BodyHandlers.ofString())
                        .body());

        assertThat(health.path("checks").findValuesAsText("name")).contains("definitions");
    }

    @Test
    void listensOnThisMachineAlone() {
        assertThat(org.eclipse.microprofile.config.ConfigProvider.getConfig()
                        .getValue("quarkus.http.host", String.class))
                .isEqualTo("127.0.0.1");
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(address.resolve(path));
    }

    private HttpRequest.Builder authorised(String path) {
        return request(path).header("Authorization", BEARER);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return HTTP.send(authorised(path).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String body, String type) throws Exception {
        return HTTP.send(
                authorised("/api/example")
                        .header("Content-Type", type)
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private static JsonNode problem(HttpResponse<String> answer) throws IOException {
        assertThat(answer.headers().allValues("Content-Type").stream().map(type -> type.split(";")[0]))
                .as(answer.body())
                .isEqualTo(List.of("application/problem+json"));
        return Json.mapper().readTree(answer.body());
    }

    private String raw(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", address.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }
}
