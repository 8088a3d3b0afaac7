package dev.tiphys.sandbox;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.tiphys.sandbox.http.ApiServer;
import dev.tiphys.sandbox.objects.ClusterObjects;
import dev.tiphys.sandbox.objects.ObjectStore;
import dev.tiphys.sandbox.workloads.Simulation;
import java.io.IOException;
import java.io.UncheckedIOException;
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
    private final ObjectStore store;
    private final Simulation simulation;
    private final Path kubeconfig;

    private SandboxCluster(
            HttpsServer server, ExecutorService requests, ObjectStore store, Simulation simulation, Path kubeconfig) {
        this.server = server;
        this.requests = requests;
        this.store = store;
        this.simulation = simulation;
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
        ObjectStore store = ObjectStore.open(home);
        try {
            return start(home, port, store);
        } catch (GeneralSecurityException e) {
            store.close();
            throw new IOException("the sandbox's certificate in " + home + " cannot be used; delete tls.p12", e);
        } catch (IOException e) {
            store.close();
            throw e;
        }
    }

    private static SandboxCluster start(Path home, int port, ObjectStore store)
            throws IOException, GeneralSecurityException {
        Clock clock = Clock.systemUTC();
        SandboxIdentity identity = SandboxIdentity.in(home, clock.instant());
        ClusterObjects objects = new ClusterObjects(store, clock);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(identity.tls()));
        ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
        server.setExecutor(requests);
        server.createContext("/", new ApiServer(objects, identity.token()));
        Path kubeconfig = home.resolve("kubeconfig");
        identity.writeKubeconfig(kubeconfig, server.getAddress().getPort());
        Simulation simulation = Simulation.start(objects, clock);
        server.start();
        return new SandboxCluster(server, requests, store, simulation, kubeconfig);
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
        simulation.close();
        try {
            store.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the sandbox's journal cannot be closed", e);
        }
    }
}
