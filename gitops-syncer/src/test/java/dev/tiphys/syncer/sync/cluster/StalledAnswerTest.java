package dev.tiphys.syncer.sync.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tiphys.sandbox.SandboxCluster;
import dev.tiphys.syncer.source.ObjectRef;
import dev.tiphys.syncer.sync.Cluster;
import dev.tiphys.syncer.sync.Clusters;
import dev.tiphys.testkit.StallingServer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An API server whose answers begin and do not come to their end. */
@Tag("real")
@Timeout(30)
class StalledAnswerTest {
    private static final ObjectRef MAP = new ObjectRef("", "v1", "ConfigMap", "shop", "one");

    @TempDir
    private Path directory;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void isWaitedForAsOneThatDoesNotAnswer() throws IOException {
        try (StallingServer server = StallingServer.silent();
                Opened opened = open(server.kubeconfig(directory), Duration.ofMillis(500))) {
            String why = "GET " + server.uri() + "/api/v1: nothing more of its answer came for 500 ms";

            assertThat(opened.cluster().follow("shop", List.of(MAP)))
                    .isInstanceOfSatisfying(
                            Cluster.Following.Waiting.class,
                            waiting -> assertThat(waiting.why()).contains(why));
            assertThat(opened.cluster().delete(MAP)).isEqualTo(new Cluster.Written.Waiting(why, null));
        }
    }

    @Test
    void isWaitedForWhenItIsNeverSilentButNeverReady() throws IOException {
        try (StallingServer server = StallingServer.trickling(Duration.ofMillis(50));
                Opened opened = open(server.kubeconfig(directory), Duration.ofMillis(500))) {
            assertThat(opened.cluster().delete(MAP))
                    .isEqualTo(new Cluster.Written.Waiting(
                            "GET " + server.uri() + "/api/v1: its answer is not whole after 3000 ms", null));
        }
    }

    @Test
    void isNamedWhereAListStalls() throws IOException {
        try (StallingServer server = StallingServer.silent();
                Opened opened = open(server.kubeconfig(directory), Duration.ofMillis(500))) {
            server.answer("/api/v1", """
                    {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "v1", "resources":
                     [{"name": "configmaps", "singularName": "", "namespaced": true, "kind": "ConfigMap", "verbs": ["list"]}]}
                    """);

            assertThat(opened.cluster().follow("shop", List.of(MAP)))
                    .isEqualTo(new Cluster.Following.Waiting("the cluster does not list objects of kind ConfigMap: GET "
                            + server.uri() + "/api/v1/configmaps: nothing more of its answer came for 500 ms"));
        }
    }

    @Test
    void isNotTheServerOfAWatchInWhichNothingHappens() throws IOException {
        Duration timeout = Duration.ofMillis(300);
        try (SandboxCluster sandbox = SandboxCluster.start(directory, 0);
                Opened opened = open(sandbox.kubeconfig(), timeout)) {
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> opened.cluster().follow("shop", List.of(MAP)) instanceof Cluster.Following.Ready);
            await().during(timeout).until(this::requests, n -> n > 0);
            double before = requests();

            await().during(timeout.multipliedBy(10))
                    .atMost(timeout.multipliedBy(20))
                    .until(() -> requests() == before);
        }
    }

    private double requests() {
        return meters.find("tiphys.syncer.cluster.requests").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private Opened open(Path kubeconfig, Duration timeout) {
        KubernetesClusters clusters =
                new KubernetesClusters(Optional.of(kubeconfig.toString()), Optional.empty(), 4, timeout, meters);
        return new Opened(clusters, clusters.at(Clusters.GIVEN).orElseThrow());
    }

    private record Opened(KubernetesClusters clusters, Cluster cluster) implements AutoCloseable {
        @Override
        public void close() {
            clusters.close();
        }
    }
}
