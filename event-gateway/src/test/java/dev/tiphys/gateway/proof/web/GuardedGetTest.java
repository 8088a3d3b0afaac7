package dev.tiphys.gateway.proof.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.gateway.proof.web.Addresses.Names;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.PfxOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("real")
class GuardedGetTest {
    private static final Vertx VERTX = Vertx.vertx();
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();
    private static final AtomicInteger REQUESTS = new AtomicInteger();

    @TempDir
    static Path directory;

    private static HttpServer server;

    @BeforeAll
    static void serve() throws Exception {
        Path store = directory.resolve("server.p12");
        keytool(
                "-genkeypair",
                "-alias",
                "s",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=issuer.example",
                "-ext",
                "SAN=dns:issuer.example",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit",
                "-keystore",
                store.toString());
        keytool(
                "-exportcert",
                "-rfc",
                "-alias",
                "s",
                "-storepass",
                "changeit",
                "-keystore",
                store.toString(),
                "-file",
                directory.resolve("server.pem").toString());
        server = VERTX.createHttpServer(new HttpServerOptions()
                        .setSsl(true)
                        .setKeyCertOptions(
                                new PfxOptions().setPath(store.toString()).setPassword("changeit")))
                .requestHandler(GuardedGetTest::answer)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    @AfterAll
    static void stop() throws Exception {
        VERTX.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private static void answer(HttpServerRequest request) {
        REQUESTS.incrementAndGet();
        switch (request.path()) {
            case "/keys" -> request.response().end(request.authority().host());
            case "/redirect" ->
                request.response()
                        .setStatusCode(302)
                        .putHeader("Location", "/keys")
                        .end();
            case "/large" -> request.response().setChunked(true).end("x".repeat(GuardedGet.LARGEST + 1));
            case "/never" -> request.response().setChunked(true).write("x");
            default -> request.response().setStatusCode(404).end();
        }
    }

    @Test
    void connectsToTheMachineThatWasJudgedByTheNameThatWasAsked() throws IOException {
        assertThat(get(host -> new InetAddress[] {HERE}, "issuer.example", "/keys"))
                .isEqualTo("issuer.example");
    }

    /** Whoever owns a name may change what it means between the look and the call: there is one look. */
    @Test
    void looksANameUpOnce() throws IOException {
        AtomicInteger looks = new AtomicInteger();
        Names rebinding = host -> {
            if (looks.incrementAndGet() > 1) {
                throw new java.net.UnknownHostException(host);
            }
            return new InetAddress[] {HERE};
        };
        assertThat(get(rebinding, "issuer.example", "/keys")).isEqualTo("issuer.example");
        assertThat(looks).hasValue(1);
    }

    @Test
    void doesNotFollow() {
        int before = REQUESTS.get();
        assertThatThrownBy(() -> get(host -> new InetAddress[] {HERE}, "issuer.example", "/redirect"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("302");
        assertThat(REQUESTS.get() - before).isEqualTo(1);
    }

    @Test
    void doesNotReadWithoutEnd() {
        assertThatThrownBy(() -> get(host -> new InetAddress[] {HERE}, "issuer.example", "/large"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("bytes");
        assertThatThrownBy(() -> get(host -> new InetAddress[] {HERE}, "issuer.example", "/never"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void wantsACertificateOfTheName() {
        assertThatThrownBy(() -> get(host -> new InetAddress[] {HERE}, "other.example", "/keys"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void doesNotCallAPrivateNetwork() {
        int before = REQUESTS.get();
        assertThatThrownBy(() -> client(host -> new InetAddress[] {HERE}, Set.of())
                        .get(URI.create("https://issuer.example:" + server.actualPort() + "/keys")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not in the public network");
        assertThat(REQUESTS.get()).isEqualTo(before);
    }

    @Test
    void askersBeyondABoundAreRefusedAndNothingStaysBehindOfThoseThatGaveUp() throws Exception {
        GuardedGet client = client(_ -> new InetAddress[] {HERE}, Set.of("issuer.example"));
        String server = "https://issuer.example:" + GuardedGetTest.server.actualPort();
        List<Future<String>> askers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 3 * (GuardedGet.AT_ONCE + GuardedGet.MOST_WAITING); i++) {
                askers.add(threads.submit(() -> {
                    try {
                        return new String(client.get(URI.create(server + "/never")), UTF_8);
                    } catch (IOException e) {
                        return String.valueOf(e.getMessage());
                    }
                }));
            }
        }
        List<String> answers = new ArrayList<>();
        for (Future<String> asker : askers) {
            answers.add(asker.get());
        }

        assertThat(answers).anyMatch(answer -> answer.contains("did not answer"));
        assertThat(answers.stream().filter(answer -> answer.contains("too much is being fetched")))
                .hasSizeGreaterThan(GuardedGet.AT_ONCE + GuardedGet.MOST_WAITING);
        assertThat(client.get(URI.create(server + "/keys"))).isEqualTo("issuer.example".getBytes(UTF_8));
    }

    private static String get(Names names, String host, String path) throws IOException {
        return new String(
                client(names, Set.of("issuer.example", "other.example"))
                        .get(URI.create("https://" + host + ":" + server.actualPort() + path)),
                UTF_8);
    }

    private static GuardedGet client(Names names, Set<String> privateHosts) {
        return new GuardedGet(
                VERTX,
                new Addresses(names, privateHosts),
                Duration.ofSeconds(3),
                new PemTrustOptions()
                        .addCertPath(directory.resolve("server.pem").toString()));
    }

    private static void keytool(String... arguments) throws Exception {
        List<String> command = new java.util.ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }
}
