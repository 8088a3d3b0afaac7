package dev.tiphys.syncer.sync.cluster;

import io.fabric8.kubernetes.client.Config;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What a pod is given to speak with its cluster.
 *
 * @param api the address of the API server
 * @param directory where the files {@code token} and {@code ca.crt} are
 */
record InCluster(String api, Path directory) {
    static final Path MOUNTED = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    /** {@return what the pod is given that this process runs in; empty if it runs in none} */
    static Optional<InCluster> of(Map<String, String> environment, Path directory) {
        String host = environment.get("KUBERNETES_SERVICE_HOST");
        if (host == null || !Files.isReadable(directory.resolve("token"))) {
            return Optional.empty();
        }
        String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
        String name = host.contains(":") ? "[" + host + "]" : host;
        return Optional.of(new InCluster("https://" + name + ":" + port + "/", directory));
    }

    Config config() {
        Config config = Config.empty();
        config.setMasterUrl(api);
        config.setCaCertFile(directory.resolve("ca.crt").toString());
        config.setOauthTokenProvider(new MountedToken(directory.resolve("token")));
        return config;
    }
}
