package dev.tiphys.syncer.sync.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.sandbox.SandboxCluster;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("real")
class KindWatchTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final ResourceDefinitionContext CONFIG_MAPS = new ResourceDefinitionContext.Builder()
            .withVersion("v1")
            .withKind("ConfigMap")
            .withPlural("configmaps")
            .withNamespaced(true)
            .build();

    @TempDir
    private Path directory;

    /** Hears of objects as slowly as the test wants. */
    private static final class SlowListener implements ResourceEventHandler<GenericKubernetesResource> {
        private final CountDownLatch mayHear = new CountDownLatch(1);
        private final Set<String> heard = ConcurrentHashMap.newKeySet();

        @Override
        public void onAdd(GenericKubernetesResource added) {
            try {
                mayHear.await();
                heard.add(added.getMetadata().getName());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource after) {}

        @Override
        public void onDelete(GenericKubernetesResource deleted, boolean finalStateUnknown) {}
    }

    @Test
    void isReadyOnlyWhenItsHandlerWasToldOfEverything() throws Exception {
        SlowListener listener = new SlowListener();
        try (SandboxCluster sandbox = SandboxCluster.start(directory, 0);
                KubernetesClient client = new KubernetesClientBuilder()
                        .withConfig(Config.fromKubeconfig(sandbox.kubeconfig().toFile()))
                        .build()) {
            for (String name : Set.of("one", "two", "three")) {
                var _ = client.resource(new ConfigMapBuilder()
                                .withNewMetadata()
                                .withNamespace("default")
                                .withName(name)
                                .endMetadata()
                                .build())
                        .create();
            }
            try (KindWatch watch = new KindWatch(client, CONFIG_MAPS, listener)) {
                assertThat(watch.await(Duration.ofSeconds(1))).isFalse();

                listener.mayHear.countDown();

                assertThat(watch.await(SOON)).isTrue();
                assertThat(listener.heard).contains("one", "two", "three");
            }
        }
    }
}
