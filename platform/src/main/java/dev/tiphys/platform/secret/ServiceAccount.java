package dev.tiphys.platform.secret;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * What a pod is given to speak with its cluster.
 *
 * @param api the address of the API server
 * @param directory where the files {@code token} and {@code ca.crt} are
 */
record ServiceAccount(URI api, Path directory) {
    private static final Path MOUNTED = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    /** {@return the account of the pod that this process runs in; empty if it runs in none} */
    static Optional<ServiceAccount> ofPod(Map<String, String> environment) {
        String host = environment.get("KUBERNETES_SERVICE_HOST");
        String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
        if (host == null || !Files.isReadable(MOUNTED.resolve("token"))) {
            return Optional.empty();
        }
        String name = host.contains(":") ? "[" + host + "]" : host;
        return Optional.of(new ServiceAccount(URI.create("https://" + name + ":" + port), MOUNTED));
    }

    /** {@return the token as it is now: the cluster renews it every hour} */
    String token() throws IOException {
        return Files.readString(directory.resolve("token")).strip();
    }

    /** {@return trust in the cluster's own authority and in no other} */
    SSLContext trust() throws IOException, GeneralSecurityException {
        KeyStore known = KeyStore.getInstance(KeyStore.getDefaultType());
        known.load(null, null);
        try (InputStream in = Files.newInputStream(directory.resolve("ca.crt"))) {
            int count = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                known.setCertificateEntry("ca-" + count++, certificate);
            }
        }
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(known);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }
}
