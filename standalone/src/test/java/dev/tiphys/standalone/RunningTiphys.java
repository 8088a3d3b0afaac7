package dev.tiphys.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.Json;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** The packaged product in a process of its own, as people start it. */
final class RunningTiphys implements AutoCloseable {
    static final Duration START_PATIENCE = Duration.ofSeconds(90);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private final Path data;
    private final List<String> command;
    private final URI address;
    private Process process;
    private Duration startTook = Duration.ZERO;

    private RunningTiphys(Path data, List<String> command, URI address) throws IOException {
        this.data = data;
        this.command = command;
        this.address = address;
        this.process = launch();
    }

    /** Starts the product for a shop and waits until it is ready. */
    static RunningTiphys start(Path data, SampleShop shop, String... more) throws IOException {
        return start(data, shop, List.of("-Xmx768m", "-XX:TieredStopAtLevel=1"), more);
    }

    /** As {@link #start}, with the JVM's options of {@code ./tiphys up}: its cache of classes, if there is one. */
    static RunningTiphys startAsLaunched(Path data, SampleShop shop, String... more) throws IOException {
        Path cache = root().resolve("target/standalone.aot");
        return start(
                data,
                shop,
                Files.exists(cache) ? List.of("-Xmx1g", "-XX:AOTCache=" + cache, "-Xlog:aot*=off") : List.of("-Xmx1g"),
                more);
    }

    /** As {@link #start}, with partitions that wait no longer for a process that was killed than they have to. */
    static RunningTiphys startToBeKilled(Path data, SampleShop shop) throws IOException {
        return start(
                data,
                shop,
                List.of(
                        "-Xmx768m",
                        "-XX:TieredStopAtLevel=1",
                        "-Dmp.messaging.connector.smallrye-kafka.session.timeout.ms=2000",
                        "-Dmp.messaging.connector.smallrye-kafka.heartbeat.interval.ms=500"));
    }

    private static RunningTiphys start(Path data, SampleShop shop, List<String> options, String... more)
            throws IOException {
        int port = freePort();
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                "-jar",
                root().resolve("standalone/target/quarkus-app/quarkus-run.jar").toString(),
                "up",
                "--data",
                data.toString(),
                "--port",
                Integer.toString(port),
                "--definitions",
                shop.definitions().toString(),
                "--secrets",
                shop.secrets().toString()));
        command.addAll(List.of(more));
        Files.createDirectories(data);
        long begin = System.nanoTime();
        RunningTiphys running = new RunningTiphys(data, command, URI.create("http://127.0.0.1:" + port));
        running.awaitReady();
        running.startTook = Duration.ofNanos(System.nanoTime() - begin);
        return running;
    }

    private static Path root() {
        return Path.of(System.getProperty("tiphys.root"));
    }

    /** From the start of the process until it was ready. */
    Duration startTook() {
        return startTook;
    }

    /** What the process holds in memory, in bytes, as Linux tells. */
    long residentMemory() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
            }
        }
        throw new IOException("the system does not tell the memory of process " + process.pid());
    }

    private Process launch() throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        data.resolve("terminal.txt").toFile()))
                .start();
    }

    URI address() {
        return address;
    }

    Path data() {
        return data;
    }

    Path kubeconfig() {
        return data.resolve("kubeconfig");
    }

    void awaitReady() {
        Awaitility.await("ready; the terminal is in " + data.resolve("terminal.txt"))
                .atMost(START_PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(this::isReady);
    }

    private boolean isReady() throws IOException, InterruptedException {
        if (!process.isAlive()) {
            throw new IllegalStateException(
                    "ended with " + process.exitValue() + ":\n" + Files.readString(data.resolve("terminal.txt")));
        }
        try {
            return HTTP.send(
                                    HttpRequest.newBuilder(address.resolve("/q/health/ready"))
                                            .timeout(Duration.ofSeconds(5))
                                            .build(),
                                    BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** Ends the process as a power cut would. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Starts the process again with the same command. */
    void startAgain() throws IOException {
        process = launch();
    }

    /** Ends the process in order and tells how long that took. */
    Duration stop() throws InterruptedException {
        long begin = System.nanoTime();
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("still running 30 s after it was told to stop");
        }
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    JsonNode get(String path) {
        HttpResponse<String> answer = send("GET", path, null);
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(path + " answered " + answer.statusCode() + ": " + answer.body());
        }
        try {
            return Json.mapper().readTree(answer.body());
        } catch (IOException e) {
            throw new IllegalStateException(path + " answered " + answer.body(), e);
        }
    }

    HttpResponse<String> send(String method, String path, String body) {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(address.resolve(path))
                    .timeout(Duration.ofSeconds(30))
                    .header(
                            "Authorization",
                            "Bearer " + Files.readString(data.resolve("token")).strip())
                    .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
            if (body != null) {
                request.header(
                        "Content-Type", body.stripLeading().startsWith("{") ? "application/json" : "application/yaml");
            }
            return HTTP.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(method + " " + path + " got no answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Waits until the newest run of a revision is as wanted, and gives it. */
    JsonNode awaitRun(String revision, Duration patience, Predicate<JsonNode> wanted) {
        return Awaitility.await("run of " + revision)
                .atMost(patience)
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptions()
                .until(() -> run(revision), wanted);
    }

    JsonNode run(String revision) {
        return get("/api/runs?revision=" + revision).path("items").path(0);
    }

    static boolean isFinished(JsonNode run) {
        return List.of("succeeded", "failed", "stuck", "cancelled", "superseded")
                .contains(run.path("state").asText());
    }

    static JsonNode step(JsonNode run, String name) {
        for (JsonNode step : run.path("steps")) {
            if (step.path("name").asText().equals(name)) {
                return step;
            }
        }
        throw new AssertionError("run has no step " + name + ": " + run);
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0)) {
            return probe.getLocalPort();
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(15, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
