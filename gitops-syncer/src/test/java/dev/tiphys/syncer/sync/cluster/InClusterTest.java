package dev.tiphys.syncer.sync.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.tiphys.contracts.Json;
import dev.tiphys.syncer.source.ObjectRef;
import dev.tiphys.syncer.sync.Cluster.Written;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The syncer as a pod: the files of its service account and two variables lead to an API server over TLS. */
@Tag("real")
class InClusterTest {
    private static final ObjectRef MAP = new ObjectRef("", "v1", "ConfigMap", "shop", "settings");
    private static final String PASSWORD = "changeit";

    @TempDir
    private Path account;

    @TempDir
    private Path keys;

    private final List<String> tokens = new CopyOnWriteArrayList<>();
    private HttpsServer server;

    @BeforeEach
    void start() throws Exception {
        KeyStore own = authority("server");
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(own, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/api/v1", this::answer);
        server.start();
        trust(own);
        Files.writeString(account.resolve("token"), "first\n");
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void writesWithItsTokenToAServerOfItsAuthority() {
        try (KubernetesCluster cluster = cluster()) {
            assertThat(apply(cluster)).isEqualTo(new Written.Done());
        }
        assertThat(tokens).isNotEmpty().containsOnly("Bearer first");
    }

    @Test
    void usesATokenThatWasRenewed() throws IOException {
        try (KubernetesCluster cluster = cluster()) {
            apply(cluster);
            tokens.clear();

            Files.writeString(account.resolve("token"), "second");

            assertThat(apply(cluster)).isEqualTo(new Written.Done());
            assertThat(tokens).isNotEmpty().containsOnly("Bearer second");
        }
    }

    @Test
    void waitsWhileItsTokenCannotBeRead() throws IOException {
        try (KubernetesCluster cluster = cluster()) {
            Files.delete(account.resolve("token"));

            assertThat(apply(cluster))
                    .isInstanceOfSatisfying(
                            Written.Waiting.class,
                            waiting -> assertThat(waiting.why()).contains("token", "cannot be read"));
        }
    }

    @Test
    void showsItsTokenToNoServerOfAnotherAuthority() throws Exception {
        trust(authority("stranger"));
        try (KubernetesCluster cluster = cluster()) {
            assertThat(apply(cluster)).isInstanceOf(Written.Waiting.class);
        }
        assertThat(tokens).isEmpty();
    }

    @Test
    void isOnlyWhereAPodIs() throws IOException {
        assertThat(InCluster.of(Map.of(), account)).isEmpty();
        assertThat(InCluster.of(Map.of("KUBERNETES_SERVICE_HOST", "fd00::1"), account))
                .hasValueSatisfying(found -> assertThat(found.api()).isEqualTo("https://[fd00::1]:443/"));
        Files.delete(account.resolve("token"));
        assertThat(InCluster.of(Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1"), account))
                .isEmpty();
    }

    private KubernetesCluster cluster() {
        Map<String, String> environment = Map.of(
                "KUBERNETES_SERVICE_HOST",
                "127.0.0.1",
                "KUBERNETES_SERVICE_PORT",
                Integer.toString(server.getAddress().getPort()));
        return new KubernetesCluster(
                InCluster.of(environment, account).orElseThrow().config(),
                new ClusterConfig(Optional.empty(), Optional.empty(), 4, Duration.ofSeconds(5)),
                new SimpleMeterRegistry(),
                _ -> {});
    }

    private static Written apply(KubernetesCluster cluster) {
        ObjectNode object =
                Json.mapper().createObjectNode().put("apiVersion", "v1").put("kind", "ConfigMap");
        object.putObject("metadata").put("name", "settings").put("namespace", "shop");
        return cluster.apply(MAP, object);
    }

    private void answer(HttpExchange exchange) throws IOException {
        tokens.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
        String body = exchange.getRequestMethod().equals("GET") ? """
                {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "v1", "resources":
                 [{"name": "configmaps", "singularName": "", "namespaced": true, "kind": "ConfigMap", "verbs": ["patch"]}]}
                """ : """
                {"apiVersion": "v1", "kind": "ConfigMap",
                 "metadata": {"name": "settings", "namespace": "shop", "uid": "1", "resourceVersion": "1"}}
                """;
        byte[] bytes = body.getBytes(UTF_8);
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    /** A certificate for 127.0.0.1 that vouches for itself. */
    private KeyStore authority(String name) throws Exception {
        Path file = keys.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "own",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "SAN=ip:127.0.0.1",
                        "-ext",
                        "BC:critical=ca:true",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), UTF_8);
        assertThat(keytool.waitFor()).as(said).isZero();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        return store;
    }

    private void trust(KeyStore authority) throws Exception {
        String certificate = Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(authority.getCertificate("own").getEncoded());
        Files.writeString(
                account.resolve("ca.crt"),
                "-----BEGIN CERTIFICATE-----\n" + certificate + "\n-----END CERTIFICATE-----\n");
    }
}
