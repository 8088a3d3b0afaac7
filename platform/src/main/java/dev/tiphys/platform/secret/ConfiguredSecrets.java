package dev.tiphys.platform.secret;

import dev.tiphys.contracts.definition.SecretRef;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Secrets as the service is configured: from directories, then from the environment, then from the cluster it runs in. */
@Singleton
final class ConfiguredSecrets implements Secrets {
    private static final Logger log = Logger.getLogger(ConfiguredSecrets.class);

    private final FileSecrets files;
    private final Optional<ClusterSecrets> cluster;

    ConfiguredSecrets(
            @ConfigProperty(name = "tiphys.secrets-dir") Optional<List<Path>> directories,
            @ConfigProperty(name = "tiphys.secrets-namespace") Optional<String> namespace) {
        files = new FileSecrets(directories.orElse(List.of()));
        cluster = namespace.flatMap(ConfiguredSecrets::ofCluster);
    }

    private static Optional<ClusterSecrets> ofCluster(String namespace) {
        Optional<ServiceAccount> account = ServiceAccount.ofPod(System.getenv());
        if (account.isEmpty()) {
            log.warnf("no secrets from the cluster: namespace %s is set, but this is no pod", namespace);
        }
        return account.map(known -> new ClusterSecrets(known, namespace, System::nanoTime));
    }

    @Override
    public Optional<Secret> find(SecretRef ref) {
        return files.find(ref).or(() -> cluster.flatMap(secrets -> secrets.find(ref)));
    }
}
