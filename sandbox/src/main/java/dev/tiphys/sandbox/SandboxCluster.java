package dev.tiphys.sandbox;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A Kubernetes API server in this process, with simulated workloads, on 127.0.0.1 only and behind a bearer token.
 *
 * <p>It keeps its objects in a directory: a later start with the same directory goes on with them, also after the
 * process was killed. Its token and certificate stay the same, the port only if the caller asks for the same one.
 */
public final class SandboxCluster implements AutoCloseable {

    private final HttpsServer server;
    private final ExecutorService requests;
    private final Path kubeconfig;

    private SandboxCluster(HttpsServer server, ExecutorService requests, Path kubeconfig) {
        this.server = server;
        this.requests = requests;
        this.kubeconfig = kubeconfig;
    }

    /**
     * Starts a sandbox that keeps its state in a directory, which is made when missing.
     *
     * @param port where to listen on 127.0.0.1, or 0 for a free port
     * @throws IOException if the directory cannot be used, another process uses it, or the port is taken: choose another
     */
    public static SandboxCluster start(Path directory, int port) throws IOException {
        Path home = Files.createDirectories(directory).toAbsolutePath().normalize();
        SandboxIdentity identity = SandboxIdentity.in(home, Clock.systemUTC().instant());
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        try {
            server.setHttpsConfigurator(new HttpsConfigurator(identity.tls()));
            Path kubeconfig = home.resolve("kubeconfig");
            identity.writeKubeconfig(kubeconfig, server.getAddress().getPort());
            ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
            server.setExecutor(requests);
            server.createContext("/", exchange -> {
                exchange.sendResponseHeaders(503, -1);
                exchange.close();
            });
            server.start();
            return new SandboxCluster(server, requests, kubeconfig);
        } catch (GeneralSecurityException e) {
            server.stop(0);
            throw new IOException("the sandbox's certificate in " + home + " cannot be used; delete tls.p12", e);
        } catch (IOException e) {
            server.stop(0);
            throw e;
        }
    }

    /** A kubeconfig that leads to this sandbox, context {@code tiphys-sandbox}; mode 0600, because it holds the token. */
    public Path kubeconfig() {
        return kubeconfig;
    }

    /** The API server's address: {@code https://127.0.0.1:PORT}. */
    public URI url() {
        return URI.create("https://127.0.0.1:" + port());
    }

    /** The port that it listens on. */
    public int port() {
        return server.getAddress().getPort();
    }

    /** Stops the server and the simulation; the state stays in the directory. */
    @Override
    public void close() {
        server.stop(0);
        requests.shutdownNow();
    }
}
