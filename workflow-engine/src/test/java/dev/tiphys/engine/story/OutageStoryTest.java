package dev.tiphys.engine.story;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.Topic;
import dev.tiphys.contracts.audit.DeadLettered;
import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.cloudevent.CloudEventCodec;
import dev.tiphys.contracts.definition.DefinitionReader;
import dev.tiphys.contracts.definition.StoredDefinition;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.contracts.event.GitChange;
import dev.tiphys.contracts.payload.Payload;
import dev.tiphys.contracts.run.RunState;
import dev.tiphys.contracts.sync.SyncCommand;
import dev.tiphys.contracts.sync.SyncFact;
import dev.tiphys.engine.run.Effect;
import dev.tiphys.engine.run.Effects;
import dev.tiphys.engine.run.Run;
import dev.tiphys.engine.run.RunEvent;
import dev.tiphys.engine.run.RunRules;
import dev.tiphys.engine.run.Runs;
import dev.tiphys.engine.run.RunsUnavailable;
import dev.tiphys.platform.log.LogUnavailable;
import dev.tiphys.platform.log.LogWriter;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The database or the broker goes away in the middle of runs and comes back: all runs end, each effect is made once, and the
 * topics tell what the store holds.
 */
@QuarkusTest
@QuarkusTestResource(value = OutageParts.class, restrictToAnnotatedClass = true)
@Tag("real")
class OutageStoryTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final int EVENTS = 24;
    private static final String REVISION = "1234567890123456789012345678901234567890";

    /** {@code stop} or {@code start}, {@code database} or {@code broker}. */
    Consumer<String> parts;

    @Inject
    LogWriter log;

    @Inject
    Runs runs;

    @ConfigProperty(name = "kafka.bootstrap.servers")
    String servers;

    private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();
    private HttpServer server;
    private TopicTail tail;
    private Thread syncer;
    private volatile boolean over;

    @BeforeEach
    void open() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
            calls.computeIfAbsent(key, _ -> new AtomicInteger()).incrementAndGet();
            byte[] body = "{}".getBytes(UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        tail = new TopicTail(servers, Topic.RUNS, Topic.SYNC_COMMANDS, Topic.NOTICES, Topic.DEAD_LETTERS);
        publish("""
                apiVersion: tiphys.dev/v1
                kind: Repository
                metadata: {name: shop}
                spec: {url: https://github.com/acme/shop.git, provider: github}
                ---
                apiVersion: tiphys.dev/v1
                kind: SlackWorkspace
                metadata: {name: default}
                spec: {token: {secretRef: {name: slack, key: token}}}
                ---
                apiVersion: argoproj.io/v1alpha1
                kind: Application
                metadata: {name: shop, namespace: argocd}
                spec:
                  project: default
                  source: {repoURL: https://github.com/acme/shop.git, path: deploy, targetRevision: main}
                  destination: {server: https://kubernetes.default.svc, namespace: shop}
                ---
                apiVersion: tiphys.dev/v1
                kind: Pipeline
                metadata: {name: delivery}
                spec:
                  on:
                    - push: {repository: shop, branches: [main]}
                  steps:
                    - {name: build, http: {method: POST, url: "%1$s/build", body: {}}}
                    - {name: settle, wait: {duration: 700ms}}
                    - {name: deploy, deploy: {application: shop}}
                    - {name: check, http: {method: POST, url: "%1$s/check", body: {}}}
                  finally:
                    - {name: say, notify: {slack: "#deploys", text: "over"}}
                """.formatted("http://127.0.0.1:" + server.getAddress().getPort()));
        await().atMost(PATIENCE)
                .until(() -> api().get("/api/pipelines/delivery").statusCode() == 200);
        syncer = Thread.ofVirtual().start(this::playSyncer);
    }

    @AfterEach
    void close() throws InterruptedException {
        over = true;
        syncer.join();
        tail.close();
        server.stop(0);
    }

    @Test
    void aDatabaseThatGoesAndComesBackLosesNothingAndDoublesNothing() {
        pushAll("database-before");
        await().atMost(PATIENCE).until(() -> calls.size() > EVENTS / 2);

        parts.accept("stop database");
        pushAll("database-meanwhile");
        await().atMost(PATIENCE).until(() -> api().get("/api/runs").statusCode() >= 500);
        parts.accept("start database");

        allEndOnce("database-before");
        allEndOnce("database-meanwhile");
    }

    @Test
    void aBrokerThatGoesAndComesBackLosesNothingAndDoublesNothing() {
        pushAll("broker-before");
        await().atMost(PATIENCE).until(() -> calls.size() > EVENTS / 2);

        parts.accept("stop broker");
        List<String> byHand = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            byHand.add(startByHand());
        }
        // The engine goes on as far as it can alone: up to the deployment, whose command cannot leave yet.
        await().atMost(PATIENCE)
                .until(() -> byHand.stream().allMatch(run -> stepState(run, 2).equals("waiting")));
        parts.accept("start broker");

        allEndOnce("broker-before");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(byHand)
                        .allSatisfy(
                                run -> assertThat(runs.find(run).orElseThrow()).isInstanceOf(Run.Finished.class)));
        byHand.forEach(this::toldAsStored);
        byHand.forEach(this::calledOnce);
    }

    @Test
    void bothAtOnceLoseNothingAndDoubleNothing() {
        pushAll("both");
        await().atMost(PATIENCE).until(() -> calls.size() > EVENTS / 2);

        parts.accept("stop broker");
        parts.accept("stop database");
        await().atMost(PATIENCE).until(() -> api().get("/api/runs").statusCode() >= 500);
        parts.accept("start database");
        parts.accept("start broker");

        allEndOnce("both");
    }

    @Test
    void anEventThatTheDatabaseNeverCanHoldGoesAsideAndStopsNobody() {
        push("poison-\0");
        push("after-poison");

        await().atMost(PATIENCE)
                .until(() -> api().get("/api/events/after-poison/trace").statusCode() == 200);
        await().atMost(PATIENCE)
                .until(() -> tail.of(DeadLettered.class).stream()
                        .anyMatch(letter -> letter.topic().equals(Topic.EVENTS.topicName())
                                && letter.attempts() == 3
                                && letter.service().equals("engine")));
    }

    private void allEndOnce(String prefix) {
        Map<String, String> started = new HashMap<>();
        // Sessions that the outage ended are still met for a moment.
        await().atMost(PATIENCE).ignoreException(RunsUnavailable.class).until(() -> {
            for (int i = 0; i < EVENTS; i++) {
                String event = prefix + "-" + i;
                runs.startedBy("delivery", event).ifPresent(run -> started.put(event, run));
            }
            return started.size() == EVENTS;
        });
        await().atMost(PATIENCE)
                .ignoreException(RunsUnavailable.class)
                .untilAsserted(() -> assertThat(started.values())
                        .allSatisfy(run -> assertThat(runs.find(run).orElseThrow())
                                .isInstanceOfSatisfying(
                                        Run.Finished.class,
                                        finished -> assertThat(
                                                        finished.verdict().state())
                                                .describedAs(String.valueOf(
                                                        finished.verdict().reason()))
                                                .isEqualTo(RunState.SUCCEEDED))));
        started.values().forEach(this::calledOnce);
        started.values().forEach(this::toldAsStored);
    }

    private void calledOnce(String run) {
        for (String step : List.of("build", "check")) {
            assertThat(calls.get(run + "/" + step + "/1")).hasValue(1);
        }
    }

    /** What the topics tell of a run, told twice or not, is what its stored facts publish, in their order. */
    private void toldAsStored(String run) {
        List<String> expected = new ArrayList<>();
        Run before = new Run.Absent();
        for (RunEvent event : runs.facts(run)) {
            Run after = RunRules.evolve(before, event);
            for (Effect effect : Effects.of(before, event, (Run.Present) after)) {
                if (effect instanceof Effect.Publish publish) {
                    expected.add(publish.id() + " " + Json.text(publish.payload()));
                }
            }
            before = after;
        }
        assertThat(before).isEqualTo(runs.find(run).orElseThrow());
        await().atMost(PATIENCE).untilAsserted(() -> {
            Map<String, String> told = new LinkedHashMap<>();
            for (CloudEvent<?> event : tail.all()) {
                if (run.equals(event.subject())) {
                    String text = Json.text(event.data());
                    assertThat(told.putIfAbsent(event.id(), text)).isIn(null, text);
                }
            }
            assertThat(told.entrySet().stream().map(each -> each.getKey() + " " + each.getValue()))
                    .containsExactlyInAnyOrderElementsOf(expected);
        });
    }

    private String startByHand() {
        return api().contentType("application/json")
                .body("{\"pipeline\": \"delivery\", \"revision\": \"" + REVISION + "\"}")
                .post("/api/runs")
                .then()
                .statusCode(201)
                .extract()
                .path("id");
    }

    private String stepState(String run, int step) {
        return api().get("/api/runs/" + run).path("steps[" + step + "].state");
    }

    /** Answers each command as the syncer does, once, as soon as the broker takes the answer. */
    private void playSyncer() {
        Set<String> seen = new HashSet<>();
        while (!over) {
            for (SyncCommand.SyncRequested request : tail.of(SyncCommand.SyncRequested.class)) {
                String key = request.by().run() + "/" + request.by().attempt();
                if (!seen.contains(key) && isAnswered(request, key)) {
                    seen.add(key);
                }
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    private boolean isAnswered(SyncCommand.SyncRequested request, String key) {
        try {
            write(
                    Topic.SYNCS,
                    request.application(),
                    key,
                    new SyncFact.SyncFinished(
                            request.application(),
                            "op",
                            REVISION,
                            request.by(),
                            SyncFact.Outcome.SUCCEEDED,
                            "healthy",
                            List.of(),
                            SyncFact.Changes.NONE));
            return true;
        } catch (CompletionException e) {
            assertThat(e.getCause()).isInstanceOf(LogUnavailable.class);
            return false;
        }
    }

    private void pushAll(String prefix) {
        for (int i = 0; i < EVENTS; i++) {
            push(prefix + "-" + i);
        }
    }

    private void push(String delivery) {
        GitChange git = new GitChange(
                "github",
                "shop",
                "acme/shop",
                "https://github.com/acme/shop.git",
                "refs/heads/main",
                "main",
                null,
                REVISION,
                "0234567890123456789012345678901234567890",
                List.of("deploy/app.yaml"),
                "ann",
                "Change the colour",
                null,
                false);
        write(
                Topic.EVENTS,
                "shop",
                delivery,
                new ExternalEvent(
                        "shop", "push", delivery, git, Map.of(), Json.mapper().createObjectNode()));
    }

    private void publish(String definitions) {
        DefinitionReader.Reading reading = DefinitionReader.read("test.yaml", definitions);
        assertThat(reading.findings()).isEmpty();
        for (DefinitionReader.Document document : reading.documents()) {
            StoredDefinition stored = document.stored();
            write(Topic.DEFINITIONS, stored.key().text(), stored.key().text(), stored);
        }
    }

    private void write(Topic topic, String key, String id, Payload payload) {
        CloudEvent<?> event = new CloudEvent<>(id, "/test", null, Instant.now(), Causality.NONE, payload);
        log.append(List.of(CloudEventCodec.write(topic, key, event)))
                .toCompletableFuture()
                .join();
    }

    private static RequestSpecification api() {
        return given().header("Authorization", "Bearer test-token");
    }
}
