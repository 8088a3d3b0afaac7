package dev.tiphys.syncer.line;

import dev.tiphys.sandbox.SandboxCluster;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

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
            case REAL -> given(real().orElseThrow());
        };
    }

    /** {@return the kubeconfig of the real cluster that the tests may use; empty if they were given none} */
    static Optional<Path> real() {
        return Optional.ofNullable(System.getProperty("tiphys.test.kubeconfig", System.getenv("TIPHYS_TEST_KUBECONFIG")))
                .map(File::new)
                .map(File::toPath)
                .filter(Files::isReadable);
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
