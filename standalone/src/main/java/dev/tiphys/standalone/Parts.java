package dev.tiphys.standalone;

import dev.tiphys.queueserver.EmbeddedQueue;
import dev.tiphys.sandbox.SandboxCluster;
import dev.tiphys.testkit.EmbeddedBroker;
import dev.tiphys.testkit.EmbeddedDatabase;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The broker, the database, the cluster and the queue server around the services: embedded, or given from outside. */
final class Parts implements AutoCloseable {
    /** Where each part is reached. */
    record Addresses(
            String bootstrapServers,
            String jdbcUrl,
            String jdbcUser,
            String jdbcPassword,
            Path kubeconfig,
            @Nullable String context) {}

    private record Database(String url, String user, String password) {}

    private final PrintStream out;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private boolean closed;

    Parts(PrintStream out) {
        this.out = out;
    }

    /**
     * Starts what is not given, all at once, and prints a line for each.
     *
     * @throws CannotStart if one of them cannot be started; the others are stopped again
     */
    Addresses start(UpOptions options) {
        Executor each = command -> Thread.ofPlatform().name("start").start(command);
        CompletableFuture<String> broker = CompletableFuture.supplyAsync(() -> broker(options), each);
        CompletableFuture<Database> database = CompletableFuture.supplyAsync(() -> database(options), each);
        CompletableFuture<Path> cluster = CompletableFuture.supplyAsync(() -> cluster(options), each);
        CompletableFuture<Void> queue = CompletableFuture.runAsync(() -> queue(options), each);
        try {
            CompletableFuture.allOf(broker, database, cluster, queue).join();
        } catch (CompletionException e) {
            close();
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw cause instanceof CannotStart cannot
                    ? cannot
                    : new CannotStart(String.valueOf(cause.getMessage()), cause);
        }
        Database at = database.join();
        return new Addresses(broker.join(), at.url(), at.user(), at.password(), cluster.join(), options.context);
    }

    private String broker(UpOptions options) {
        String given = options.kafka;
        if (given != null) {
            print("broker", given + " (given)");
            return given;
        }
        int port = options.kafkaPort != 0 ? options.kafkaPort : LastPort.of(options.data, "broker");
        return timed(
                "broker",
                () -> {
                    EmbeddedBroker broker = opened(EmbeddedBroker.start(options.data.resolve("broker"), port));
                    LastPort.remember(options.data, "broker", broker.port());
                    return broker.bootstrapServers();
                },
                at -> at);
    }

    private Database database(UpOptions options) {
        String given = options.jdbcUrl;
        if (given != null) {
            String user = System.getenv().getOrDefault("TIPHYS_JDBC_USER", "tiphys");
            String password = System.getenv().getOrDefault("TIPHYS_JDBC_PASSWORD", "");
            print("database", given + " (given)");
            return new Database(given, user, password);
        }
        return timed(
                "database",
                () -> {
                    EmbeddedDatabase database = opened(EmbeddedDatabase.start(
                            options.data.resolve("database"), LastPort.of(options.data, "database")));
                    LastPort.remember(options.data, "database", database.port());
                    return new Database(database.jdbcUrl("tiphys"), database.user(), database.password());
                },
                Database::url);
    }

    private Path cluster(UpOptions options) {
        if (options.kubeconfig != null) {
            Path file = options.kubeconfig.toAbsolutePath();
            if (!Files.isReadable(file)) {
                throw new CannotStart("the kubeconfig " + file + " cannot be read");
            }
            print("cluster", file + " (given)");
            return file;
        }
        return timed(
                "cluster",
                () -> {
                    try {
                        SandboxCluster sandbox = opened(SandboxCluster.start(
                                options.data.resolve("sandbox"), LastPort.of(options.data, "sandbox")));
                        LastPort.remember(options.data, "sandbox", sandbox.port());
                        Path kubeconfig = options.data.resolve("kubeconfig").toAbsolutePath();
                        PrivateFile.write(kubeconfig, Files.readString(sandbox.kubeconfig()));
                        return kubeconfig;
                    } catch (IOException e) {
                        throw new CannotStart("the sandbox cluster cannot start: " + e.getMessage(), e);
                    }
                },
                kubeconfig -> "a sandbox, no real cluster; kubectl --kubeconfig " + kubeconfig);
    }

    private void queue(UpOptions options) {
        Integer port = options.queuePort;
        if (port != null) {
            var _ = timed(
                    "queue",
                    () -> opened(EmbeddedQueue.start(options.data.resolve("queue"), port)),
                    queue -> queue.endpoint() + ", as SQS: any region, any credentials, a queue is there when it is"
                            + " first named");
        }
    }

    private <T> T timed(String part, Supplier<T> start, Function<T, String> where) {
        long begin = System.nanoTime();
        T started = start.get();
        print(part, String.format("%s (%.1f s)", where.apply(started), (System.nanoTime() - begin) / 1e9));
        return started;
    }

    private void print(String part, String text) {
        synchronized (out) {
            out.printf("  %-10s %s%n", part, text);
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        synchronized (open) {
            if (!closed) {
                open.push(part);
                return part;
            }
        }
        quietly(part);
        throw new CannotStart("the start was broken off");
    }

    /** Stops what was started, the last first. The services must have stopped before. */
    @Override
    public void close() {
        Deque<AutoCloseable> toClose;
        synchronized (open) {
            closed = true;
            toClose = new ArrayDeque<>(open);
            open.clear();
        }
        toClose.stream().parallel().forEach(this::quietly);
    }

    private void quietly(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            print(part.getClass().getSimpleName(), "did not stop in order: " + e.getMessage());
        }
    }
}
