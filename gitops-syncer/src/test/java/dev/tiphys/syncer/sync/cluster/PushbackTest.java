package dev.tiphys.syncer.sync.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tiphys.contracts.Json;
import dev.tiphys.syncer.source.ObjectRef;
import dev.tiphys.syncer.sync.Cluster.Written;
import io.fabric8.kubernetes.client.Config;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What becomes of a write that the API server does not do. */
@Tag("real")
class PushbackTest {
    private static final ObjectRef MAP = new ObjectRef("", "v1", "ConfigMap", "shop", "settings");
    private static final String KINDS = """
            {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "v1", "resources":
             [{"name": "configmaps", "singularName": "", "namespaced": true, "kind": "ConfigMap", "verbs": ["patch"]}]}
            """;

    private final AtomicInteger writes = new AtomicInteger();
    private HttpServer server;
    private KubernetesCluster cluster;
    private volatile int status = 200;
    private volatile String retryAfter = "";
    private volatile String message = "";

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/api/v1", this::answer);
        server.start();
        Config config = Config.empty();
        config.setMasterUrl("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        ClusterConfig settings = new ClusterConfig(Optional.empty(), Optional.empty(), 4, Duration.ofSeconds(2));
        cluster = new KubernetesCluster(config, settings, new SimpleMeterRegistry(), _ -> {});
    }

    @AfterEach
    void stop() {
        cluster.close();
        server.stop(0);
    }

    @Test
    void aPauseThatTheClusterAsksForIsKept() {
        status = 429;
        retryAfter = "7";

        Written first = apply();
        Written second = apply();

        assertThat(first)
                .isInstanceOfSatisfying(
                        Written.Waiting.class,
                        waiting -> assertThat(waiting.after()).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(7)));
        assertThat(second).isInstanceOf(Written.Waiting.class);
        assertThat(writes).hasValue(1);
    }

    @Test
    void aServerErrorIsWaitedFor() {
        status = 500;

        assertThat(apply()).isInstanceOf(Written.Waiting.class);
    }

    @Test
    void aRefusalKeepsTheClustersWords() {
        status = 422;
        message = "ConfigMap \\\"settings\\\" is invalid: data: Too long";

        assertThat(apply()).isEqualTo(new Written.Refused("ConfigMap \"settings\" is invalid: data: Too long"));
    }

    @Test
    void aNamespaceThatIsNotThereIsToldFromAnObjectThatIsNot() {
        status = 404;
        message = "namespaces \\\"shop\\\" not found";

        assertThat(apply()).isEqualTo(new Written.NoNamespace("namespaces \"shop\" not found"));
    }

    @Test
    void aKindThatTheClusterDoesNotKnowIsWaitedFor() {
        Written written = cluster.apply(new ObjectRef("", "v1", "Nonsense", "shop", "x"), object());

        assertThat(written)
                .isInstanceOfSatisfying(
                        Written.Waiting.class,
                        waiting -> assertThat(waiting.why()).contains("v1 Nonsense"));
        assertThat(writes).hasValue(0);
    }

    private Written apply() {
        return cluster.apply(MAP, object());
    }

    private static ObjectNode object() {
        ObjectNode object =
                Json.mapper().createObjectNode().put("apiVersion", "v1").put("kind", "ConfigMap");
        object.putObject("metadata").put("name", "settings").put("namespace", "shop");
        return object;
    }

    private void answer(HttpExchange exchange) throws IOException {
        boolean read = exchange.getRequestMethod().equals("GET");
        String body = read ? KINDS : """
                {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": "%s", "code": %d}
                """.formatted(message, status);
        if (!read) {
            writes.incrementAndGet();
            if (!retryAfter.isEmpty()) {
                exchange.getResponseHeaders().add("Retry-After", retryAfter);
            }
        }
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        byte[] bytes = body.getBytes(UTF_8);
        exchange.sendResponseHeaders(read ? 200 : status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
