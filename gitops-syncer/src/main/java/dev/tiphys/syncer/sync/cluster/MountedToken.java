package dev.tiphys.syncer.sync.cluster;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.OAuthTokenProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The token of the pod's service account, read at each use because the cluster replaces it every hour. */
record MountedToken(Path file) implements OAuthTokenProvider {
    @Override
    public String getToken() {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            // Without the cause: its text is the path alone, and would be all that people see.
            throw new KubernetesClientException("the service account's token " + file + " cannot be read: "
                    + e.getClass().getSimpleName());
        }
    }
}
