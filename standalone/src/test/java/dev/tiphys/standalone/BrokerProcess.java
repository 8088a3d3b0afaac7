package dev.tiphys.standalone;

import dev.tiphys.testkit.EmbeddedBroker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A broker in a process of its own, so that it can be killed and its work be counted apart. */
final class BrokerProcess implements AutoCloseable {
    private static final String READY = "listens on ";

    private final Path directory;
    private final int port;
    private Process process;

    private BrokerProcess(Path directory, Process process, int port) {
        this.directory = directory;
        this.process = process;
        this.port = port;
    }

    /** What runs in the process: a broker, until it is told to stop. */
    @SuppressWarnings("SystemOut") // its parent reads it
    public static void main(String[] arguments) throws InterruptedException {
        EmbeddedBroker broker = EmbeddedBroker.start(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
        Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
        System.out.println(READY + broker.port());
        new CountDownLatch(1).await();
    }

    /** Starts a broker on a free port; returns when it takes requests. */
    static BrokerProcess start(Path directory) throws IOException {
        Process process = launch(directory, 0);
        return new BrokerProcess(directory, process, awaitReady(process, directory));
    }

    private static Process launch(Path directory, int port) throws IOException {
        Files.createDirectories(directory);
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BrokerProcess.class.getName(),
                        directory.resolve("broker").toString(),
                        Integer.toString(port)))
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("broker.err").toFile()))
                .start();
    }

    private static int awaitReady(Process process, Path directory) throws IOException {
        BufferedReader printed = process.inputReader(StandardCharsets.UTF_8);
        for (String line = printed.readLine(); line != null; line = printed.readLine()) {
            if (line.startsWith(READY)) {
                // What it says from now on is nobody's business, and must not fill the pipe.
                Thread.ofVirtual().start(() -> drain(printed));
                return Integer.parseInt(line.substring(READY.length()));
            }
        }
        throw new IllegalStateException(
                "the broker ended; it said: " + Files.readString(directory.resolve("broker.err")));
    }

    private static void drain(BufferedReader printed) {
        try {
            while (printed.readLine() != null) {
                continue;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the broker's output ended", e);
        }
    }

    String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** Ends the broker as a power cut of its process would. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Starts it again where it was; returns how long it took until it took requests. */
    Duration startAgain() throws IOException {
        long begin = System.nanoTime();
        process = launch(directory, port);
        awaitReady(process, directory);
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
