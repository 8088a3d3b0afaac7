package dev.tiphys.syncer.sync.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.syncer.source.ObjectKey;
import dev.tiphys.syncer.source.ObjectRef;
import dev.tiphys.syncer.sync.Cluster;
import dev.tiphys.syncer.sync.Clusters;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.io.File;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** The one cluster that the syncer is given: by a kubeconfig file that it is told of, or the one that it runs in. */
@Singleton
final class KubernetesClusters implements Clusters {
    private final ClusterConfig settings;
    private final MeterRegistry meters;
    private volatile Consumer<String> listener = _ -> {};
    private @Nullable KubernetesCluster opened;
    private boolean closed;

    KubernetesClusters(
            @ConfigProperty(name = "tiphys.syncer.kubeconfig") Optional<String> kubeconfig,
            @ConfigProperty(name = "tiphys.syncer.kube-context") Optional<String> context,
            @ConfigProperty(name = "tiphys.syncer.parallel-writes", defaultValue = "16") int parallelWrites,
            @ConfigProperty(name = "tiphys.syncer.request-timeout", defaultValue = "10s") Duration requestTimeout,
            MeterRegistry meters) {
        this.settings = new ClusterConfig(kubeconfig, context, parallelWrites, requestTimeout);
        this.meters = meters;
    }

    @Override
    public Optional<Cluster> at(String server) {
        return server.equals(GIVEN) ? Optional.of(given()) : Optional.empty();
    }

    @Override
    public void onChange(Consumer<String> next) {
        listener = next;
    }

    private synchronized Cluster given() {
        if (opened != null) {
            return opened;
        }
        if (closed) {
            return new NoCluster("the syncer stops");
        }
        try {
            Optional<Config> config = config();
            if (config.isEmpty()) {
                return new NoCluster(
                        "the syncer was given no cluster: set tiphys.syncer.kubeconfig to a kubeconfig file");
            }
            opened = new KubernetesCluster(config.get(), settings, meters, application -> listener.accept(application));
            return opened;
        } catch (KubernetesClientException | IllegalArgumentException e) {
            return new NoCluster("the kubeconfig that the syncer was given cannot be used: " + e.getMessage());
        }
    }

    private Optional<Config> config() {
        Optional<String> kubeconfig = settings.kubeconfig().filter(path -> !path.isBlank());
        if (kubeconfig.isPresent()) {
            File file = new File(kubeconfig.get());
            if (!file.canRead()) {
                throw new IllegalArgumentException(file + " cannot be read");
            }
            return Optional.of(Config.fromKubeconfig(settings.context().orElse(null), file));
        }
        return InCluster.of(System.getenv(), InCluster.MOUNTED).map(InCluster::config);
    }

    @PreDestroy
    synchronized void close() {
        closed = true;
        if (opened != null) {
            opened.close();
        }
    }

    /** There is no cluster, and the sentence says why. */
    private record NoCluster(String why) implements Cluster {
        @Override
        public Following follow(String application, Collection<ObjectRef> objects) {
            return new Following.Stuck(why);
        }

        @Override
        public void unfollow(String application) {
            // nothing was followed
        }

        @Override
        public Optional<ObjectNode> live(ObjectKey key) {
            return Optional.empty();
        }

        @Override
        public List<ObjectNode> live(String kind, String namespace) {
            return List.of();
        }

        @Override
        public Written apply(ObjectRef ref, ObjectNode tree) {
            return new Written.Refused(why);
        }

        @Override
        public Written delete(ObjectRef ref) {
            return new Written.Refused(why);
        }

        @Override
        public Optional<Boolean> namespaced(String group, String kind) {
            return Optional.empty();
        }
    }
}
