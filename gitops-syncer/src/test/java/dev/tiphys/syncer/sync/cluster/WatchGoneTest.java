package dev.tiphys.syncer.sync.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tiphys.sandbox.SandboxCluster;
import dev.tiphys.syncer.source.ObjectRef;
import dev.tiphys.syncer.sync.Cluster.Following;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A watch that the API server ends with 410 Gone: what happened meanwhile is in no watch any more, only in a new list. */
@Tag("real")
class WatchGoneTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    private final Set<String> told = ConcurrentHashMap.newKeySet();

    @Test
    void listsAgainAndGoesOn() throws Exception {
        SandboxCluster sandbox = SandboxCluster.start(directory, 0);
        int port = sandbox.port();
        edit(sandbox, client -> {
            put(client, "changed", "before");
            put(client, "deleted", "before");
        });
        Config config = Config.fromKubeconfig(sandbox.kubeconfig().toFile());
        ClusterConfig settings = new ClusterConfig(Optional.empty(), Optional.empty(), 4, Duration.ofSeconds(5));
        try (KubernetesCluster cluster =
                new KubernetesCluster(config, settings, new SimpleMeterRegistry(), told::add)) {
            assertThat(cluster.follow("shop", List.of(map("changed"), map("deleted"), map("made"))))
                    .isEqualTo(new Following.Ready());
            assertThat(value(cluster, "changed")).isEqualTo("before");
            sandbox.close();

            // Where nobody watches: the sandbox forgets at each start what it would have to tell a watcher from before.
            try (SandboxCluster elsewhere = SandboxCluster.start(directory, 0)) {
                edit(elsewhere, client -> {
                    put(client, "changed", "after");
                    client.resource(of("deleted", "before")).delete();
                    put(client, "made", "after");
                });
            }
            told.clear();
            sandbox = SandboxCluster.start(directory, port);

            await().atMost(SOON).untilAsserted(() -> {
                assertThat(value(cluster, "changed")).isEqualTo("after");
                assertThat(value(cluster, "deleted")).isNull();
                assertThat(value(cluster, "made")).isEqualTo("after");
            });
            assertThat(told).containsExactly("shop");

            edit(sandbox, client -> put(client, "changed", "much later"));
            await().atMost(SOON).until(() -> "much later".equals(value(cluster, "changed")));
        } finally {
            sandbox.close();
        }
    }

    private static void edit(SandboxCluster sandbox, Consumer<KubernetesClient> edits) {
        try (KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(sandbox.kubeconfig().toFile()))
                .build()) {
            edits.accept(client);
        }
    }

    private static void put(KubernetesClient client, String name, String value) {
        client.resource(of(name, value)).fieldManager("test").forceConflicts().serverSideApply();
    }

    private static ConfigMap of(String name, String value) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(name)
                .endMetadata()
                .addToData("key", value)
                .build();
    }

    private static ObjectRef map(String name) {
        return new ObjectRef("", "v1", "ConfigMap", "default", name);
    }

    private static String value(KubernetesCluster cluster, String name) {
        return cluster.live(map(name).key())
                .map(object -> object.path("data").path("key").asText())
                .orElse(null);
    }
}
