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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** One service in a process of its own, as an image starts it: configured by environment variables and by nothing else. */
final class RunningService implements AutoCloseable {
    static final String TOKEN = "token-of-the-deployment";
    private static final Duration START_PATIENCE = Duration.ofSeconds(120);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private final String name;
    private final Path terminal;
    private final URI address;
    private final Map<String, String> environment;
    private final List<String> jvm;
    private Process process;

    private RunningService(String name, Path terminal, URI address, Map<String, String> environment, List<String> jvm) {
        this.name = name;
        this.terminal = terminal;
        this.address = address;
        this.environment = environment;
        this.jvm = jvm;
    }

    /** Starts a service on a free port and does not wait for it. */
    static RunningService launch(String name, Path directory, Map<String, String> environment) throws IOException {
        // Tests start often and run for moments: the client compiler is enough.
        return launch(name, directory, environment, List.of("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    }

    /** As above, with options of the JVM. */
    static RunningService launch(String name, Path directory, Map<String, String> environment, List<String> jvm)
            throws IOException {
        int port = freePort();
        Map<String, String> own = new HashMap<>(environment);
        own.put("QUARKUS_HTTP_PORT", Integer.toString(port));
        own.put("TIPHYS_INSTANCE", name + "-0");
        Files.createDirectories(directory);
        RunningService service = new RunningService(
                name, directory.resolve(name + ".txt"), URI.create("http://127.0.0.1:" + port), own, jvm);
        service.startAgain();
        return service;
    }

    String name() {
        return name;
    }

    URI address() {
        return address;
    }

    /** What the process printed since its first start. */
    String printed() throws IOException {
        return Files.readString(terminal);
    }

    void startAgain() throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(jvm);
        command.addAll(List.of(
                "-XX:+ExitOnOutOfMemoryError",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                "-jar",
                Path.of(System.getProperty("tiphys.root"), name, "target/quarkus-app/quarkus-run.jar")
                        .toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(terminal.toFile()));
        builder.environment().keySet().removeIf(key -> key.startsWith("TIPHYS_") || key.startsWith("QUARKUS_"));
        builder.environment().putAll(environment);
        process = builder.start();
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    void awaitReady() {
        Awaitility.await(name + " is ready; its terminal is in " + terminal)
                .atMost(START_PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(this::isReady);
    }

    private boolean isReady() throws IOException {
        if (!process.isAlive()) {
            throw new IllegalStateException(name + " ended with " + process.exitValue() + ":\n" + printed());
        }
        try {
            return ask("GET", "/q/health/ready", null, null).statusCode() == 200;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /** {@return how the process ended by itself} */
    int awaitEnd() throws InterruptedException {
        if (!process.waitFor(START_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException(name + " still runs");
        }
        return process.exitValue();
    }

    /** Ends the process as a power cut would. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Tells the process to stop, and how long that took. */
    Duration stop() throws InterruptedException {
        long begin = System.nanoTime();
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException(name + " still runs 60 s after it was told to stop");
        }
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    JsonNode get(String path) {
        HttpResponse<String> answer = ask("GET", path, null, TOKEN);
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(name + path + " answered " + answer.statusCode() + ": " + answer.body());
        }
        try {
            return Json.mapper().readTree(answer.body());
        } catch (IOException e) {
            throw new IllegalStateException(name + path + " answered " + answer.body(), e);
        }
    }

    HttpResponse<String> ask(String method, String path, String body, String token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address.resolve(path))
                .timeout(Duration.ofSeconds(30))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (body != null) {
            request.header("Content-Type", "application/yaml");
        }
        try {
            return HTTP.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(method + " " + name + path + " got no answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
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
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
