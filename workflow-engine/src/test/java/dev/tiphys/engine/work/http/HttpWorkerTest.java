package dev.tiphys.engine.work.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.definition.Definition;
import dev.tiphys.contracts.definition.Pipeline;
import dev.tiphys.contracts.definition.Pipeline.HeaderValue;
import dev.tiphys.contracts.definition.SecretRef;
import dev.tiphys.contracts.run.Wait;
import dev.tiphys.engine.work.LeafOutcome;
import dev.tiphys.engine.work.LeafWork;
import dev.tiphys.engine.work.MemoryLedger;
import dev.tiphys.engine.work.Pauses;
import dev.tiphys.platform.secret.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HttpWorkerTest {
    private static final Pauses FAST = new Pauses(Duration.ofMillis(5), 1.5, Duration.ofMillis(20), 0);

    private final MemoryLedger ledger = new MemoryLedger();
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final HttpWorker worker = new HttpWorker(
            ref -> ref.name().equals("api")
                    ? Optional.of(new Secret(ref, "s3cret".getBytes(StandardCharsets.UTF_8)))
                    : Optional.empty(),
            Clock.systemUTC(),
            FAST);
    private HttpServer server;

    private record Seen(String method, String body, Map<String, List<String>> headers) {}

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        seen.add(new Seen(exchange.getRequestMethod(), body, Map.copyOf(exchange.getRequestHeaders())));
        switch (exchange.getRequestURI().getPath()) {
            case "/json" -> send(exchange, 200, "application/json", "{\"id\": 7}");
            case "/broken-json" -> send(exchange, 200, "application/json", "{\"id\": ");
            case "/teapot" -> send(exchange, 418, "text/plain", "short and stout");
            case "/moved" -> {
                exchange.getResponseHeaders().add("Location", "http://169.254.169.254/");
                send(exchange, 302, "text/plain", "");
            }
            case "/large" -> send(exchange, 200, "application/json", "1".repeat(2 * 1024 * 1024));
            case "/drop" -> exchange.close();
            case "/silent" -> {
                try {
                    over.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            default -> send(exchange, 200, "text/plain", "hello");
        }
    }

    private static void send(HttpExchange exchange, int status, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", type);
        exchange.getResponseHeaders().add("Set-Cookie", "session=1");
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Nested
    class AnAnswer {
        @Test
        void givesItsJsonAsOutput() throws Exception {
            assertThat(perform("get", "/json"))
                    .isInstanceOfSatisfying(
                            LeafOutcome.Succeeded.class,
                            succeeded -> assertThat(succeeded.outputs())
                                    .containsEntry("status", IntNode.valueOf(200))
                                    .containsEntry("body", Json.tree(Map.of("id", 7)))
                                    .hasEntrySatisfying("headers", headers -> {
                                        assertThat(headers.path("content-type").asText())
                                                .isEqualTo("application/json");
                                        assertThat(headers.has("set-cookie")).isFalse();
                                    }));
        }

        @ParameterizedTest
        @ValueSource(strings = {"/text", "/broken-json"})
        void givesItsTextWhereItIsNoJson(String path) throws Exception {
            assertThat(perform("GET", path))
                    .isInstanceOfSatisfying(
                            LeafOutcome.Succeeded.class,
                            succeeded ->
                                    assertThat(succeeded.outputs().get("body")).isInstanceOf(TextNode.class));
        }

        @Test
        void isCutWhenItIsLarge() throws Exception {
            assertThat(perform("GET", "/large")).isInstanceOfSatisfying(LeafOutcome.Succeeded.class, succeeded -> {
                assertThat(succeeded.outputs().get("body").textValue()).hasSize(1024 * 1024);
                assertThat(succeeded.outputs().get("cut").booleanValue()).isTrue();
            });
        }

        @Test
        void failsTheStepIfItIsNotExpected() throws Exception {
            assertThat(perform("GET", "/teapot")).isInstanceOfSatisfying(LeafOutcome.Failed.class, failed -> {
                assertThat(failed.reason()).isEqualTo("GET localhost/teapot answered 418, expected was 200 to 299");
                assertThat(failed.outputs()).containsEntry("body", TextNode.valueOf("short and stout"));
            });
            assertThat(perform("GET", "/teapot", Map.of(), null, List.of(418), null))
                    .isInstanceOf(LeafOutcome.Succeeded.class);
        }

        @Test
        void isNotFollowedElsewhere() throws Exception {
            assertThat(perform("GET", "/moved"))
                    .isInstanceOfSatisfying(
                            LeafOutcome.Failed.class,
                            failed -> assertThat(failed.reason()).contains("redirects are not followed"));
        }
    }

    @Nested
    class ARequest {
        @Test
        void carriesBodyHeadersSecretsAndTheKey() throws Exception {
            perform(
                    "POST",
                    "/text",
                    Map.of(
                            "X-Team",
                            new HeaderValue.Text("shop"),
                            "Authorization",
                            new HeaderValue.FromSecret(new SecretRef("api", "token"))),
                    Json.tree(Map.of("a", 1)),
                    List.of(),
                    null);

            Seen request = seen.getFirst();
            assertThat(request.body()).isEqualTo("{\"a\":1}");
            assertThat(request.headers())
                    .containsEntry("Idempotency-key", List.of("r-1/call/1"))
                    .containsEntry("X-team", List.of("shop"))
                    .containsEntry("Authorization", List.of("s3cret"))
                    .containsEntry("Content-type", List.of("application/json"));
            assertThat(ledger.saves().toString()).doesNotContain("s3cret");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "file:///etc/passwd",
                    "gopher://localhost/",
                    "http://169.254.169.254/latest/meta-data",
                    "http://2852039166/",
                    "http://[::ffff:169.254.169.254]/",
                    "http://[fe80::1]/",
                    "http://[fd00:ec2::254]/",
                    "http://0.0.0.0/",
                    "http://user:pass@localhost/",
                    "http:///x",
                    "http://exa mple/",
                    "localhost/x"
                })
        void isNotSentWhereStepsHaveNoBusiness(String url) throws Exception {
            LeafOutcome outcome = performUrl("GET", url, Map.of(), null, List.of(), null);

            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            LeafOutcome.Stuck.class,
                            stuck -> assertThat(stuck.reason()).doesNotContain("user:pass"));
            assertThat(ledger.saves()).isEmpty();
        }

        @Test
        void needsAPersonIfASecretIsMissingOrAHeaderImpossible() throws Exception {
            assertThat(performWith("X-Key", new HeaderValue.FromSecret(new SecretRef("other", "token"))))
                    .isInstanceOfSatisfying(
                            LeafOutcome.Stuck.class,
                            stuck -> assertThat(stuck.reason()).contains("secret other"));
            assertThat(performWith("X-Key", new HeaderValue.Text("very\r\nsecret")))
                    .isInstanceOfSatisfying(
                            LeafOutcome.Stuck.class,
                            stuck -> assertThat(stuck.reason()).doesNotContain("very"));
            assertThat(performWith("Host", new HeaderValue.Text("other"))).isInstanceOf(LeafOutcome.Stuck.class);
        }

        @Test
        void isSentAgainWhenTheServerTookNoConnection() throws Exception {
            int port;
            try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = free.getLocalPort();
            }
            HttpServer[] late = {null};
            ledger.onEntry(l -> {
                if (l.waits().size() == 2 && late[0] == null) {
                    late[0] = lateServer(port);
                }
            });

            LeafOutcome outcome =
                    performUrl("POST", "http://127.0.0.1:" + port + "/text", Map.of(), null, List.of(), null);
            late[0].stop(0);

            assertThat(outcome).isInstanceOf(LeafOutcome.Succeeded.class);
            assertThat(seen).hasSize(1);
            assertThat(ledger.waits()).extracting(Wait::unblock).contains("it takes no connection");
        }

        private HttpServer lateServer(int port) {
            try {
                HttpServer late = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
                late.createContext("/", HttpWorkerTest.this::answer);
                late.start();
                return late;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private LeafOutcome performWith(String header, HeaderValue value) throws Exception {
            return perform("GET", "/text", Map.of(header, value), null, List.of(), null);
        }
    }

    @Nested
    class ALostAnswer {
        @Test
        void isAnUnknownOutcomeOfAPost() throws Exception {
            assertThat(perform("POST", "/drop"))
                    .isInstanceOfSatisfying(
                            LeafOutcome.Failed.class,
                            failed -> assertThat(failed.reason()).startsWith("unknown outcome"));
            assertThat(seen)
                    .filteredOn(request -> request.method().equals("POST"))
                    .hasSize(1);
        }

        @Test
        void failsAnAttemptOfAGet() throws Exception {
            assertThat(perform("GET", "/drop"))
                    .isInstanceOfSatisfying(
                            LeafOutcome.Failed.class,
                            failed -> assertThat(failed.reason()).startsWith("GET localhost/drop failed"));
        }
    }

    @Nested
    class AfterACrash {
        @ParameterizedTest
        @ValueSource(strings = {"POST", "PATCH"})
        void aRequestThatMayHaveActedIsNotSentTwice(String method) throws Exception {
            ledger.crashAfter(1);
            crash(method);

            assertThat(perform(method, "/text", Map.of(), null, List.of(), ledger.progress()))
                    .isInstanceOfSatisfying(
                            LeafOutcome.Failed.class,
                            failed -> assertThat(failed.reason()).startsWith("unknown outcome"));
            assertThat(seen).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(strings = {"GET", "PUT", "DELETE", "HEAD"})
        void aRequestWithoutHarmIsSentAgain(String method) throws Exception {
            ledger.crashAfter(1);
            crash(method);

            assertThat(perform(method, "/json", Map.of(), null, List.of(), ledger.progress()))
                    .isInstanceOf(LeafOutcome.Succeeded.class);
        }

        @Test
        void anAnswerThatWasKeptCounts() throws Exception {
            ledger.crashAfter(2);
            crash("POST");

            assertThat(perform("POST", "/text", Map.of(), null, List.of(), ledger.progress()))
                    .isInstanceOfSatisfying(
                            LeafOutcome.Succeeded.class,
                            succeeded ->
                                    assertThat(succeeded.outputs()).containsEntry("body", TextNode.valueOf("hello")));
            assertThat(seen).hasSize(1);
        }

        @Test
        void beforeTheIntentNothingWasSent() throws Exception {
            ledger.crashBefore(1);
            crash("POST");
            assertThat(seen).isEmpty();

            assertThat(perform("POST", "/text", Map.of(), null, List.of(), ledger.progress()))
                    .isInstanceOf(LeafOutcome.Succeeded.class);
        }

        private void crash(String method) {
            assertThatThrownBy(() -> perform(method, "/text")).isInstanceOf(MemoryLedger.Crash.class);
        }
    }

    @Test
    void aCancelledStepGivesItsRequestUp() throws Exception {
        ledger.onEntry(l -> {
            if (!l.waits().isEmpty()) {
                l.cancel();
            }
        });

        assertThat(perform("GET", "/silent")).isInstanceOf(LeafOutcome.Cancelled.class);
    }

    private LeafOutcome perform(String method, String path) throws Exception {
        return perform(method, path, Map.of(), null, List.of(), null);
    }

    private LeafOutcome perform(
            String method,
            String path,
            Map<String, HeaderValue> headers,
            @Nullable JsonNode body,
            List<Integer> expected,
            @Nullable JsonNode progress)
            throws Exception {
        String url = "http://localhost:" + server.getAddress().getPort() + path;
        return performUrl(method, url, headers, body, expected, progress);
    }

    private LeafOutcome performUrl(
            String method,
            String url,
            Map<String, HeaderValue> headers,
            @Nullable JsonNode body,
            List<Integer> expected,
            @Nullable JsonNode progress)
            throws Exception {
        Pipeline.Action.Http action = new Pipeline.Action.Http(method, url, headers, body, expected);
        LeafWork work = new LeafWork(
                "r-1",
                "p",
                "call",
                1,
                Json.tree(action),
                progress,
                Instant.now().plusSeconds(60),
                1);
        return worker.perform(work, new NoDefinitions(), ledger);
    }

    private static final class NoDefinitions implements LeafWork.Lookup {
        @Override
        public <T extends Definition> @Nullable T find(Class<T> kind, String name) {
            return null;
        }
    }
}
