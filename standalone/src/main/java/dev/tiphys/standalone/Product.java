package dev.tiphys.standalone;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.logging.LogManager;
import java.util.stream.Collectors;

/**
 * The services in this process, between the parts around them. The order matters: parts first, then the services; at the
 * end the services leave their consumer groups before the broker goes.
 */
final class Product {
    private static final int TOKEN_BYTES = 32;
    private static final long STOP_PATIENCE_SECONDS = 10;

    /** What is known once everything is ready. */
    record Ready(URI address, Path token, Parts.Addresses parts) {}

    private final Parts parts;
    private final PrintStream out;
    private final AtomicInteger exitCode = new AtomicInteger();

    private Product(Parts parts, PrintStream out) {
        this.parts = parts;
        this.out = out;
    }

    /**
     * Starts everything and runs until the process is told to stop.
     *
     * @param whenReady called on a thread of its own once everything is ready
     * @throws CannotStart if something is in the way
     */
    @SuppressWarnings("SystemOut") // the terminal is this program's interface
    static Product start(UpOptions options, Consumer<Ready> whenReady) {
        long begin = System.nanoTime();
        PrintStream out = System.out;
        // The parts log from several threads; the log manager's classes must not be first touched by two at once.
        LogManager.getLogManager();
        prepare(options);
        Product product = new Product(new Parts(out), out);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> awaitStop(stopped), "await-stop"));
        try {
            Parts.Addresses addresses = product.parts.start(options);
            tellAddress(options);
            Ready ready =
                    new Ready(URI.create("http://127.0.0.1:" + options.port), options.data.resolve("token"), addresses);
            configure(options, addresses);
            Services.whenReady = () -> {
                product.announce(ready, begin);
                Thread.ofVirtual().name("ready").start(() -> whenReady.accept(ready));
                if (options.exitWhenReady) {
                    Quarkus.asyncExit(0);
                }
            };
            Quarkus.run(Services.class, (code, failure) -> product.ended(code, failure), new String[0]);
        } finally {
            product.parts.close();
            stopped.countDown();
        }
        return product;
    }

    /** {@return the exit code, once everything has stopped} */
    int awaitEnd() {
        return exitCode.get();
    }

    private void announce(Ready ready, long begin) {
        synchronized (out) {
            out.printf("  %-10s gateway, engine, syncer, notifier%n", "services");
            out.printf(
                    "ready at %s after %.1f s (token in %s; stop with Ctrl-C)%n",
                    ready.address(), (System.nanoTime() - begin) / 1e9, ready.token());
            out.flush();
        }
    }

    private void ended(int code, Throwable failure) {
        if (failure != null) {
            synchronized (out) {
                out.printf("the services could not start: %s%n", rootMessage(failure));
            }
            exitCode.set(1);
            return;
        }
        exitCode.set(code);
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }

    private static void awaitStop(CountDownLatch stopped) {
        try {
            if (!stopped.await(STOP_PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                Runtime.getRuntime().halt(1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void prepare(UpOptions options) {
        options.data = options.data.toAbsolutePath().normalize();
        try (ServerSocket probe = new ServerSocket(options.port, 1, InetAddress.getLoopbackAddress())) {
            options.port = probe.getLocalPort();
        } catch (IOException e) {
            throw new CannotStart(
                    "port " + options.port + " is taken: stop what listens there, or choose another" + " with --port",
                    e);
        }
        for (Path directory : options.definitions) {
            if (!Files.isDirectory(directory)) {
                throw new CannotStart("--definitions " + directory + " is not a directory");
            }
        }
        try {
            Files.createDirectories(options.data);
            Path token = options.data.resolve("token");
            if (!Files.exists(token)) {
                byte[] random = new byte[TOKEN_BYTES];
                new SecureRandom().nextBytes(random);
                PrivateFile.write(token, HexFormat.of().formatHex(random) + "\n");
            }
        } catch (IOException e) {
            throw new CannotStart("the data directory " + options.data + " cannot be written: " + e.getMessage(), e);
        }
    }

    /** Tells the command line where this is, now that the data directory is known to be nobody else's. */
    private static void tellAddress(UpOptions options) {
        try {
            PrivateFile.write(options.data.resolve("address"), "http://127.0.0.1:" + options.port + "\n");
        } catch (IOException e) {
            throw new CannotStart("the data directory " + options.data + " cannot be written: " + e.getMessage(), e);
        }
    }

    private static void configure(UpOptions options, Parts.Addresses addresses) {
        set("kafka.bootstrap.servers", addresses.bootstrapServers());
        set("tiphys.jdbc-url", addresses.jdbcUrl());
        set("tiphys.jdbc-user", addresses.jdbcUser());
        set("tiphys.jdbc-password", addresses.jdbcPassword());
        set("tiphys.data-dir", options.data.toString());
        set("tiphys.http.token-file", options.data.resolve("token").toString());
        set("tiphys.instance", "standalone");
        set("quarkus.http.port", Integer.toString(options.port));
        set("quarkus.log.file.path", options.data.resolve("tiphys.log").toString());
        for (String service : new String[] {"engine", "syncer"}) {
            set("tiphys." + service + ".kubeconfig", addresses.kubeconfig().toString());
            if (addresses.context() != null) {
                set("tiphys." + service + ".kube-context", addresses.context());
            }
        }
        if (options.secrets != null) {
            set("tiphys.secrets-dir", options.secrets.toAbsolutePath().toString());
        }
        if (!options.definitions.isEmpty()) {
            set(
                    "tiphys.gateway.definitions-dirs",
                    options.definitions.stream()
                            .map(directory -> directory.toAbsolutePath().toString())
                            .collect(Collectors.joining(",")));
        }
    }

    private static void set(String key, String value) {
        System.setProperty(key, value);
    }

    /** Runs inside the services once all of them have started. */
    static final class Services implements QuarkusApplication {
        /** Quarkus makes the instance, so what it runs is handed over here, before the services start. */
        private static volatile Runnable whenReady = () -> {};

        @Override
        public int run(String... arguments) {
            whenReady.run();
            Quarkus.waitForExit();
            return 0;
        }
    }
}
