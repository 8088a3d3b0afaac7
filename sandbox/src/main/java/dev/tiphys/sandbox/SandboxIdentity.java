package dev.tiphys.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** The token and the certificate of one sandbox directory: made once, kept, so that a kubeconfig outlives a restart. */
final class SandboxIdentity {

    private static final String KEY = "sandbox";

    private final String token;
    private final KeyStore store;

    private SandboxIdentity(String token, KeyStore store) {
        this.token = token;
        this.store = store;
    }

    static SandboxIdentity in(Path directory, Instant now) throws IOException {
        try {
            String token = readOrMakeToken(directory.resolve("token"));
            return new SandboxIdentity(token, readOrMakeStore(directory.resolve("tls.p12"), token.toCharArray(), now));
        } catch (GeneralSecurityException e) {
            throw new IOException("the sandbox's certificate in " + directory + " cannot be used; delete tls.p12", e);
        }
    }

    String token() {
        return token;
    }

    SSLContext tls() throws GeneralSecurityException {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, token.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    /** Writes the kubeconfig, readable by its owner only; a reader sees the old or the new file, never a half. */
    void writeKubeconfig(Path file, int port) throws IOException, GeneralSecurityException {
        String certificate = "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString(store.getCertificate(KEY).getEncoded())
                + "\n-----END CERTIFICATE-----\n";
        String text = """
                # A sandbox: simulated workloads, nothing really runs. Made by Tiphys; rewritten at each start.
                apiVersion: v1
                kind: Config
                clusters:
                - name: tiphys-sandbox
                  cluster:
                    server: https://127.0.0.1:%d
                    certificate-authority-data: %s
                users:
                - name: tiphys-sandbox
                  user:
                    token: %s
                contexts:
                - name: tiphys-sandbox
                  context: {cluster: tiphys-sandbox, user: tiphys-sandbox}
                current-context: tiphys-sandbox
                """.formatted(
                port, Base64.getEncoder().encodeToString(certificate.getBytes(StandardCharsets.US_ASCII)), token);
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        writePrivately(fresh, text.getBytes(StandardCharsets.UTF_8));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String readOrMakeToken(Path file) throws IOException {
        if (Files.exists(file)) {
            return Files.readString(file).strip();
        }
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        String token = HexFormat.of().formatHex(random);
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        writePrivately(fresh, token.getBytes(StandardCharsets.US_ASCII));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        return token;
    }

    private static KeyStore readOrMakeStore(Path file, char[] password, Instant now)
            throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        if (Files.exists(file)) {
            try (InputStream in = Files.newInputStream(file)) {
                store.load(in, password);
            }
            return store;
        }
        SandboxCertificate made = SandboxCertificate.create(now);
        PrivateKey key = made.keys().getPrivate();
        store.load(null, password);
        store.setKeyEntry(KEY, key, password, new Certificate[] {made.certificate()});
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        writePrivately(fresh, new byte[0]);
        try (OutputStream out = Files.newOutputStream(fresh)) {
            store.store(out, password);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        return store;
    }

    private static void writePrivately(Path file, byte[] content) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(file, content, StandardOpenOption.TRUNCATE_EXISTING);
    }
}
