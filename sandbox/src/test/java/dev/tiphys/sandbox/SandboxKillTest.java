package dev.tiphys.sandbox;

import static dev.tiphys.sandbox.ConformanceSteps.configMap;
import static dev.tiphys.sandbox.ConformanceSteps.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sandbox's process is killed while it writes. */
@Tag("real")
class SandboxKillTest {

    private static final int BEFORE_THE_KILL = 60;

    /** The process that is killed. */
    static final class Victim {
        private Victim() {}

        public static void main(String[] arguments) throws IOException, InterruptedException {
            try (SandboxCluster cluster = SandboxCluster.start(Path.of(arguments[0]), 0)) {
                Files.writeString(Path.of(arguments[0], "up"), cluster.url().toString());
                new CountDownLatch(1).await();
            }
        }
    }

    @Test
    void whatWasAnsweredIsThereAfterAKill(@TempDir Path directory) throws Exception {
        Process victim = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Victim.class.getName(),
                        directory.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("victim.log").toFile())
                .start();
        AtomicInteger answered = new AtomicInteger();
        try {
            eventually().until(() -> Files.exists(directory.resolve("up")));
            Config config =
                    Config.fromKubeconfig(directory.resolve("kubeconfig").toFile());
            config.setRequestRetryBackoffLimit(0);
            try (KubernetesClient client =
                    new KubernetesClientBuilder().withConfig(config).build()) {
                Thread writer = Thread.ofVirtual().start(() -> write(client, answered));
                eventually().until(() -> answered.get() >= BEFORE_THE_KILL);
                victim.destroyForcibly().waitFor();
                writer.join();
            }
        } finally {
            victim.destroyForcibly();
        }

        try (SandboxCluster cluster = SandboxCluster.start(directory, 0);
                KubernetesClient client = new KubernetesClientBuilder()
                        .withConfig(Config.fromKubeconfig(cluster.kubeconfig().toFile()))
                        .build()) {
            for (int i = 0; i < answered.get(); i++) {
                assertThat(client.configMaps()
                                .inNamespace("default")
                                .withName("c" + i)
                                .get())
                        .as("c" + i + " of " + answered.get())
                        .isNotNull();
            }
        }
    }

    private static void write(KubernetesClient client, AtomicInteger answered) {
        try {
            while (true) {
                client.resource(configMap("c" + answered.get(), "a: one"))
                        .inNamespace("default")
                        .fieldManager("tiphys")
                        .serverSideApply();
                answered.incrementAndGet();
            }
        } catch (KubernetesClientException killed) {
            // The end of this writer is the kill; what it got no answer for may be there or not.
            assertThat(answered.get()).isGreaterThanOrEqualTo(BEFORE_THE_KILL);
        }
    }
}
