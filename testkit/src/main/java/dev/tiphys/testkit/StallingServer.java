package dev.tiphys.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A server of JSON on 127.0.0.1 whose answers begin and never come to their end, but for those that it is told. */
public final class StallingServer implements AutoCloseable {
    private static final int NEVER_REACHED = 1_000_000;

    private final HttpServer server;
    private final Duration pause;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Map<String, String> answers = new ConcurrentHashMap<>();

    private StallingServer(Duration pause) throws IOException {
        this.pause = pause;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /** {@return a server that is silent after the first byte of an answer} */
    public static StallingServer silent() throws IOException {
        return new StallingServer(Duration.ofDays(1));
    }

    /** {@return a server that sends one byte of an answer, and after each such pause another} */
    public static StallingServer trickling(Duration pause) throws IOException {
        return new StallingServer(pause);
    }

    /** Answers wholly what is asked for at a path. */
    public void answer(String path, String json) {
        answers.put(path, json);
    }

    /** The address, without a slash at the end. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Writes a kubeconfig that leads here into the directory, and returns it. */
    public Path kubeconfig(Path directory) throws IOException {
        return Files.writeString(directory.resolve("stalling.kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "%s"}}]
                contexts: [{name: c, context: {cluster: c, user: u}}]
                users: [{name: u, user: {}}]
                current-context: c
                """.formatted(uri()));
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            byte @Nullable [] whole = whole(exchange.getRequestURI().getPath());
            exchange.sendResponseHeaders(200, whole == null ? NEVER_REACHED : whole.length);
            if (whole != null) {
                exchange.getResponseBody().write(whole);
                return;
            }
            stall(exchange);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private byte @Nullable [] whole(String path) {
        String json = answers.get(path);
        return json == null ? null : json.getBytes(UTF_8);
    }

    private void stall(HttpExchange exchange) throws IOException, InterruptedException {
        exchange.getResponseBody().write('{');
        do {
            exchange.getResponseBody().flush();
            exchange.getResponseBody().write(' ');
        } while (!closed.await(pause.toMillis(), TimeUnit.MILLISECONDS));
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
