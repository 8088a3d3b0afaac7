package dev.tiphys.standalone;

import dev.tiphys.testkit.RealCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The main job on a real Kubernetes control plane; skipped with the reason where none can run. */
class RealClusterStoryIT extends StoryIT {
    private RealCluster cluster;

    @BeforeAll
    @Override
    void start(@TempDir Path directory) throws Exception {
        RealCluster.whyNot().ifPresent(reason -> Assumptions.abort(reason));
        super.start(directory);
    }

    @Override
    String[] clusterOptions(Path directory) throws Exception {
        cluster = RealCluster.start(Files.createDirectories(directory.resolve("cluster")));
        return new String[] {"--kubeconfig", cluster.kubeconfig().toString()};
    }

    @AfterAll
    @Override
    void stop() {
        super.stop();
        if (cluster != null) {
            cluster.close();
        }
    }
}
