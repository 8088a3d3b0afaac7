package dev.tiphys.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real Kubernetes control plane with a simulated node, run by the project's {@code kube/start} for the length of a test.
 * It never builds one: where the programs are absent, {@link #whyNot} says so, and the test is skipped with that reason.
 */
public final class RealCluster implements AutoCloseable {

    private static final List<String> PROGRAMS =
            List.of("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok");
    private static final int PORTS = 6;
    private static final int START_SECONDS = 120;

    private final Path directory;
    private final Thread atExit = new Thread(this::stop);

    private RealCluster(Path directory) {
        this.directory = directory;
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** Why no real cluster can run here, or empty if one can. */
    public static Optional<String> whyNot() {
        if (programs().isPresent()) {
            return Optional.empty();
        }
        return Optional.of("no real control plane here: neither TIPHYS_KUBE_BIN, nor " + cache()
                + " (made by kube/install), nor KUBEBUILDER_ASSETS holds " + String.join(", ", PROGRAMS));
    }

    /**
     * Starts one on free ports, with its state in the directory.
     *
     * @throws IOException if it does not become ready; the logs are in the directory
     */
    public static RealCluster start(Path directory) throws IOException, InterruptedException {
        Path programs = programs().orElseThrow(() -> new IOException(whyNot().orElse("")));
        RealCluster cluster = new RealCluster(directory);
        int code = run(
                programs, directory.resolve("start.log"), "start", directory.toString(), Integer.toString(freePorts()));
        if (code != 0) {
            cluster.close();
            throw new IOException("kube/start failed: " + Files.readString(directory.resolve("start.log")));
        }
        return cluster;
    }

    /** Leads to the cluster as its administrator. */
    public Path kubeconfig() {
        return directory.resolve("kubeconfig");
    }

    /** Ends all its processes. */
    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atExit);
        stop();
    }

    private void stop() {
        try {
            run(directory, directory.resolve("stop.log"), "stop", directory.toString());
        } catch (IOException e) {
            throw new UncheckedIOException("the control plane in " + directory + " may still run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int run(Path programs, Path log, String script, String... arguments)
            throws IOException, InterruptedException {
        Path root = Path.of(System.getProperty("tiphys.root", ".."));
        List<String> command = Stream.concat(
                        Stream.of(root.resolve("kube")
                                .resolve(script)
                                .toAbsolutePath()
                                .toString()),
                        Stream.of(arguments))
                .toList();
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("TIPHYS_KUBE_BIN", programs.toString());
        Process process = builder.start();
        if (!process.waitFor(START_SECONDS, TimeUnit.SECONDS)) {
            process.destroy();
            throw new IOException("kube/" + script + " did not end within " + START_SECONDS + " s");
        }
        return process.exitValue();
    }

    private static Optional<Path> programs() {
        Map<String, String> environment = System.getenv();
        return Stream.of(
                        Optional.ofNullable(environment.get("TIPHYS_KUBE_BIN")).map(Path::of),
                        Optional.of(cache()),
                        Optional.ofNullable(environment.get("KUBEBUILDER_ASSETS"))
                                .map(Path::of))
                .flatMap(Optional::stream)
                .filter(folder -> PROGRAMS.stream().allMatch(program -> Files.isExecutable(folder.resolve(program))))
                .findFirst();
    }

    private static Path cache() {
        String home = System.getenv().getOrDefault("XDG_CACHE_HOME", System.getProperty("user.home") + "/.cache");
        return Path.of(home, "tiphys", "kube");
    }

    private static int freePorts() throws IOException {
        for (int attempt = 0; attempt < 100; attempt++) {
            int first = ThreadLocalRandom.current().nextInt(20_000, 30_000);
            if (areFree(first)) {
                return first;
            }
        }
        throw new IOException("no " + PORTS + " free ports in a row");
    }

    private static boolean areFree(int first) {
        for (int port = first; port < first + PORTS; port++) {
            try (ServerSocket socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }
}
