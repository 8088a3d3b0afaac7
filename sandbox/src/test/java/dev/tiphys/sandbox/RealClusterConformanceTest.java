package dev.tiphys.sandbox;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tiphys.testkit.RealCluster;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("real")
class RealClusterConformanceTest implements ClusterConformance {

    private RealCluster cluster;
    private KubernetesClient client;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException, InterruptedException {
        Optional<String> reason = RealCluster.whyNot();
        assumeTrue(reason.isEmpty(), () -> reason.orElse(""));
        cluster = RealCluster.start(directory);
        client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(cluster.kubeconfig().toFile()))
                .build();
    }

    @AfterAll
    void stop() {
        if (client != null) {
            client.close();
        }
        if (cluster != null) {
            cluster.close();
        }
    }

    @Override
    public KubernetesClient client() {
        return client;
    }

    @Override
    public Path kubeconfig() {
        return cluster.kubeconfig();
    }
}
