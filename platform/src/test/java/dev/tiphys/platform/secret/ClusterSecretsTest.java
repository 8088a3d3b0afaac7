package dev.tiphys.platform.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.definition.SecretRef;
import dev.tiphys.sandbox.SandboxCluster;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("real")
class ClusterSecretsTest {
    private static final SecretRef TOKEN = new SecretRef("slack", "token");

    @TempDir
    private static Path directory;

    private static SandboxCluster cluster;
    private static ServiceAccount account;
    private static HttpClient http;

    private final AtomicLong nanos = new AtomicLong();
    private ClusterSecrets secrets;

    @BeforeAll
    static void start() throws Exception {
        cluster = SandboxCluster.start(directory.resolve("cluster"), 0);
        String kubeconfig = Files.readString(cluster.kubeconfig());
        Path mounted = Files.createDirectories(directory.resolve("serviceaccount"));
        Files.write(
                mounted.resolve("ca.crt"), Base64.getDecoder().decode(field(kubeconfig, "certificate-authority-data")));
        Files.writeString(mounted.resolve("token"), field(kubeconfig, "token") + "\n");
        account = new ServiceAccount(cluster.url(), mounted);
        http = HttpClient.newBuilder().sslContext(account.trust()).build();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @BeforeEach
    void open() throws Exception {
        secrets = new ClusterSecrets(account, "default", nanos::get);
        ask("DELETE", "/api/v1/namespaces/default/secrets/slack", null);
    }

    @Test
    void readsAKeyOfASecret() throws Exception {
        put("xoxb-1\n");

        assertThat(secrets.find(TOKEN).orElseThrow().text()).isEqualTo("xoxb-1\n");
        assertThat(secrets.find(TOKEN.withKey("other"))).isEmpty();
        assertThat(secrets.find(new SecretRef("absent", "token"))).isEmpty();
    }

    @Test
    void keepsWhatItReadForFiveSecondsAndNoLonger() throws Exception {
        put("old");
        assertThat(secrets.find(TOKEN).orElseThrow().text()).isEqualTo("old");
        put("new");

        nanos.addAndGet(Duration.ofMillis(4_999).toNanos());
        assertThat(secrets.find(TOKEN).orElseThrow().text()).isEqualTo("old");
        nanos.addAndGet(Duration.ofMillis(1).toNanos());
        assertThat(secrets.find(TOKEN).orElseThrow().text()).isEqualTo("new");
    }

    @Test
    void findsASecretThatIsMadeLater() throws Exception {
        assertThat(secrets.find(TOKEN)).isEmpty();
        put("late");
        nanos.addAndGet(Duration.ofSeconds(5).toNanos());

        assertThat(secrets.find(TOKEN).orElseThrow().text()).isEqualTo("late");
    }

    @Test
    void readsTheTokenOfThePodAgainForEachRequest() throws Exception {
        put("x");
        Path renewed = Files.createDirectories(directory.resolve("renewed"));
        Files.copy(account.directory().resolve("ca.crt"), renewed.resolve("ca.crt"));
        Files.writeString(renewed.resolve("token"), "expired");
        ClusterSecrets own = new ClusterSecrets(new ServiceAccount(account.api(), renewed), "default", nanos::get);

        assertThatThrownBy(() -> own.find(TOKEN))
                .isInstanceOf(SecretsAway.class)
                .hasMessage("secret slack/token cannot be read from namespace default of the cluster:"
                        + " the API server answered 401");
        Files.writeString(renewed.resolve("token"), account.token());
        assertThat(own.find(TOKEN)).isPresent();
    }

    @Test
    void neverAsksForAnythingButASecretOfItsNamespace() {
        assertThat(secrets.find(new SecretRef("../../kube-system/secrets/x", "token")))
                .isEmpty();
        assertThat(secrets.find(new SecretRef("slack?x=1", "token"))).isEmpty();
        assertThat(secrets.find(new SecretRef("", "token"))).isEmpty();
        assertThatThrownBy(() -> new ClusterSecrets(account, "../x", nanos::get))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void trustsTheClustersAuthorityAlone() throws Exception {
        try (SandboxCluster other = SandboxCluster.start(directory.resolve("other"), 0)) {
            ClusterSecrets foreign =
                    new ClusterSecrets(new ServiceAccount(other.url(), account.directory()), "default", nanos::get);

            assertThatThrownBy(() -> foreign.find(TOKEN)).isInstanceOf(SecretsAway.class);
        }
    }

    @Test
    void saysThatTheClusterIsAway() {
        ClusterSecrets away = new ClusterSecrets(
                new ServiceAccount(URI.create("https://127.0.0.1:1"), account.directory()), "default", nanos::get);

        assertThatThrownBy(() -> away.find(TOKEN)).isInstanceOf(SecretsAway.class);
    }

    @Test
    @Timeout(30)
    void waitsNoLongerForAnAnswerThatStallsAfterItsHead() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread stalling = Thread.startVirtualThread(() -> stall(server));
            ClusterSecrets stalled = new ClusterSecrets(
                    new ServiceAccount(URI.create("http://127.0.0.1:" + server.getLocalPort()), account.directory()),
                    "default",
                    nanos::get,
                    Duration.ofMillis(500));

            assertThatThrownBy(() -> stalled.find(TOKEN))
                    .isInstanceOf(SecretsAway.class)
                    .hasMessageEndingWith("no whole answer within 500 ms");
            stalling.join();
        }
    }

    /** Sends the head of an answer, then nothing until the client gives up. */
    private static void stall(ServerSocket server) {
        try (Socket client = server.accept()) {
            client.getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            client.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            assertThat(e).as("the client gave up").isInstanceOf(SocketException.class);
        }
    }

    @Test
    void isNotUsedOutsideOfAPod() {
        assertThat(ServiceAccount.ofPod(java.util.Map.of())).isEmpty();
    }

    private static void put(String value) throws Exception {
        ask("DELETE", "/api/v1/namespaces/default/secrets/slack", null);
        int status = ask(
                "POST",
                "/api/v1/namespaces/default/secrets",
                Json.text(Json.mapper().readTree("""
                        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "slack", "namespace": "default"},
                         "data": {"token": "%s"}}
                        """.formatted(
                                Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))))));
        assertThat(status).isEqualTo(201);
    }

    private static int ask(String method, String path, String body) throws Exception {
        return http.send(
                        HttpRequest.newBuilder(account.api().resolve(path))
                                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                                .header("Authorization", "Bearer " + account.token())
                                .header("Content-Type", "application/json")
                                .build(),
                        BodyHandlers.ofString())
                .statusCode();
    }

    private static String field(String kubeconfig, String name) {
        Matcher matcher = Pattern.compile(name + ":\\s*\"?([^\"\\s,}]+)").matcher(kubeconfig);
        assertThat(matcher.find()).as(name).isTrue();
        return matcher.group(1);
    }
}
