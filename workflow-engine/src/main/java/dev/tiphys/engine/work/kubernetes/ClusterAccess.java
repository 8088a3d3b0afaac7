package dev.tiphys.engine.work.kubernetes;

import dev.tiphys.platform.cluster.WholeAnswers;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * The cluster that Jobs run on: the one of the configured kubeconfig, else the one that the engine runs in. Never one that
 * happens to be around. Made when first asked for; thread-safe.
 */
@Singleton
final class ClusterAccess {
    private static final Path SERVICE_ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final int RETRY_MILLIS = 20;

    private final Optional<Path> kubeconfig;
    private final Optional<String> context;
    private final Map<String, String> environment;
    private final Path serviceAccount;
    private final Duration timeout;

    private @Nullable KubernetesClient client;

    @Inject
    ClusterAccess(
            @ConfigProperty(name = "tiphys.engine.kubeconfig") Optional<Path> kubeconfig,
            @ConfigProperty(name = "tiphys.engine.kube-context") Optional<String> context) {
        this(kubeconfig, context, System.getenv(), SERVICE_ACCOUNT, TIMEOUT);
    }

    ClusterAccess(
            Optional<Path> kubeconfig,
            Optional<String> context,
            Map<String, String> environment,
            Path serviceAccount,
            Duration timeout) {
        this.kubeconfig = kubeconfig;
        this.context = context;
        this.environment = Map.copyOf(environment);
        this.serviceAccount = serviceAccount;
        this.timeout = timeout;
    }

    synchronized KubernetesClient client() throws NoCluster {
        KubernetesClient made = client;
        if (made == null) {
            made = new KubernetesClientBuilder()
                    .withConfig(answeringSoon(config()))
                    .withHttpClientBuilderConsumer(
                            http -> http.addOrReplaceInterceptor("whole-answers", new WholeAnswers(timeout)))
                    .build();
            client = made;
        }
        return made;
    }

    @PreDestroy
    synchronized void close() {
        if (client != null) {
            client.close();
        }
    }

    /**
     * The client's own retries are not seen and not cancelled: they only hide a connection that the server closed while it
     * idled. Whoever asks retries after that, and shows that it waits.
     */
    private Config answeringSoon(Config config) {
        config.setConnectionTimeout((int) timeout.toMillis());
        config.setRequestTimeout((int) timeout.toMillis());
        config.setRequestRetryBackoffLimit(3);
        config.setRequestRetryBackoffInterval(RETRY_MILLIS);
        return config;
    }

    private Config config() throws NoCluster {
        if (kubeconfig.isPresent()) {
            return ofFile(kubeconfig.get());
        }
        String host = environment.get("KUBERNETES_SERVICE_HOST");
        Path token = serviceAccount.resolve("token");
        if (host == null || !Files.isReadable(token)) {
            throw new NoCluster(
                    "there is no cluster to run Jobs on: set tiphys.engine.kubeconfig, or run the engine in a"
                            + " cluster with a service account");
        }
        String address = host.contains(":") ? "[" + host + "]" : host;
        return new ConfigBuilder(Config.empty())
                .withMasterUrl("https://" + address + ":" + environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443"))
                .withCaCertFile(serviceAccount.resolve("ca.crt").toString())
                // Kubernetes renews the token in place.
                .withOauthTokenProvider(() -> read(token))
                .build();
    }

    private Config ofFile(Path file) throws NoCluster {
        if (!Files.isReadable(file)) {
            throw new NoCluster("kubeconfig " + file + " cannot be read");
        }
        try {
            return Config.fromKubeconfig(context.orElse(null), file.toFile());
        } catch (RuntimeException e) {
            throw new NoCluster("kubeconfig " + file + " cannot be read: " + e.getMessage());
        }
    }

    private static String read(Path token) {
        try {
            return Files.readString(token).strip();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("the service account's token cannot be read", e);
        }
    }
}
