package dev.tiphys.syncer.line;

import dev.tiphys.sandbox.SandboxCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** The cluster that a suite runs against. */
interface TestCluster extends AutoCloseable {

    /** Which one. */
    enum Kind {
        SANDBOX,
        REAL
    }

    Path kubeconfig();

    @Override
    void close();

    /** {@return a running cluster} */
    static TestCluster start(Kind kind, Path directory) {
        return switch (kind) {
            case SANDBOX -> sandbox(directory);
            case REAL -> given().orElseGet(() -> scripted(directory));
        };
    }

    /** {@return whether there is a real cluster to run against, or the programs for one} */
    static boolean realIsThere() {
        return kubeconfig("tiphys.test.kubeconfig", "TIPHYS_TEST_KUBECONFIG").isPresent()
                || programs().isPresent();
    }

    private static Optional<TestCluster> given() {
        return kubeconfig("tiphys.test.kubeconfig", "TIPHYS_TEST_KUBECONFIG").map(TestCluster::given);
    }

    private static Optional<Path> kubeconfig(String property, String variable) {
        return Optional.ofNullable(System.getProperty(property, System.getenv(variable)))
                .map(Path::of)
                .filter(Files::isReadable);
    }

    private static Optional<Path> programs() {
        return Stream.of(
                        System.getenv("TIPHYS_KUBE_BIN"),
                        System.getenv("KUBEBUILDER_ASSETS"),
                        System.getProperty("user.home") + "/.cache/tiphys/kube")
                .filter(Objects::nonNull)
                .map(Path::of)
                .filter(bin ->
                        Files.isExecutable(bin.resolve("kube-apiserver")) && Files.isExecutable(bin.resolve("kwok")))
                .findFirst();
    }

    /** By the project's own scripts. */
    private static TestCluster scripted(Path directory) {
        Path scripts = Path.of(System.getProperty("tiphys.root", ".."), "kube");
        int port = 20_000 + ThreadLocalRandom.current().nextInt(4_000) * 8;
        run(directory, scripts.resolve("start").toString(), directory.toString(), Integer.toString(port));
        return new TestCluster() {
            @Override
            public Path kubeconfig() {
                return directory.resolve("kubeconfig");
            }

            @Override
            public void close() {
                run(directory, scripts.resolve("stop").toString(), directory.toString());
            }
        };
    }

    private static void run(Path directory, String... command) {
        try {
            Files.createDirectories(directory);
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("script.log").toFile());
            programs().ifPresent(bin -> builder.environment().put("TIPHYS_KUBE_BIN", bin.toString()));
            int code = builder.start().waitFor();
            if (code != 0) {
                throw new IllegalStateException(String.join(" ", command) + " ended with " + code);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static TestCluster sandbox(Path directory) {
        try {
            SandboxCluster sandbox = SandboxCluster.start(directory, 0);
            return new TestCluster() {
                @Override
                public Path kubeconfig() {
                    return sandbox.kubeconfig();
                }

                @Override
                public void close() {
                    sandbox.close();
                }
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TestCluster given(Path kubeconfig) {
        return new TestCluster() {
            @Override
            public Path kubeconfig() {
                return kubeconfig;
            }

            @Override
            public void close() {
                // it was there before
            }
        };
    }
}
