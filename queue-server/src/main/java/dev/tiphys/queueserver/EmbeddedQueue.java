package dev.tiphys.queueserver;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntSupplier;

/**
 * A queue server that speaks SQS, in this process, on 127.0.0.1: queues and messages survive {@link #close} and a kill -9 of
 * the process. A queue is created when it is first asked for. Any region and any credentials will do.
 */
public final class EmbeddedQueue implements AutoCloseable {
    private static final String SERVER = "dev.tiphys.queueserver.elasticmq.ElasticMq";

    private final AutoCloseable server;
    private final int port;
    private boolean closed;

    private EmbeddedQueue(AutoCloseable server, int port) {
        this.server = server;
        this.port = port;
    }

    /**
     * Starts a queue server; returns when it takes requests.
     *
     * @param directory where its messages live; created when absent, continued when it holds a server's messages
     * @param port where it listens, 0 for a free port
     * @throws IllegalStateException if the directory or the port is in use; the message says which
     */
    public static EmbeddedQueue start(Path directory, int port) {
        Path home = directory.toAbsolutePath().normalize();
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try {
            Files.createDirectories(home);
            // Never closed: the server's threads may load a class a moment after its end.
            ServerLoader loader = ServerLoader.open(home.resolve("lib"));
            thread.setContextClassLoader(loader);
            Object server = loader.loadClass(SERVER)
                    .getConstructor(Path.class, int.class)
                    .newInstance(home, port);
            return new EmbeddedQueue((AutoCloseable) server, ((IntSupplier) server).getAsInt());
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(
                    "queue server in " + home + " did not start at port " + port + ": " + root(e), e);
        } catch (ReflectiveOperationException | IOException e) {
            throw new IllegalStateException("queue server in " + home + " did not start: " + e.getMessage(), e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static String root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    /** {@return the address for a client's {@code endpoint}} */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** {@return where it listens} */
    public int port() {
        return port;
    }

    /** Stops the server and leaves its directory ready for the next start; a second call does nothing. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            server.close();
        } catch (Exception e) {
            throw new IllegalStateException("queue server at port " + port + " did not stop in order: " + e, e);
        }
    }
}
