package dev.tiphys.platform.git;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.eclipse.jgit.internal.transport.sshd.OpenSshServerKeyDatabase;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.sshd.ServerKeyDatabase;
import org.eclipse.jgit.transport.sshd.SshdSessionFactory;
import org.eclipse.jgit.transport.sshd.SshdSessionFactoryBuilder;
import org.jspecify.annotations.Nullable;

/** Opens ssh sessions with a given key, to hosts in the known_hosts file only; nothing of the machine's user is read. */
public final class SshSessions {

    /** The key is not one. */
    public static final class UnreadableKey extends RuntimeException {
        UnreadableKey(String message) {
            super(message);
        }
    }

    private SshSessions() {}

    /**
     * {@return a factory of sessions}
     *
     * @param privateKey in OpenSSH or PEM form, without a passphrase; null for none
     * @param knownHosts in OpenSSH's form; no other host is trusted
     * @param emptyHome a directory without any settings
     * @throws UnreadableKey if the key is none; its message does not show it
     */
    public static SshdSessionFactory of(@Nullable String privateKey, List<Path> knownHosts, Path emptyHome) {
        List<KeyPair> keys = privateKey == null ? List.of() : read(privateKey);
        File home = emptyHome.toFile();
        return new SshdSessionFactoryBuilder()
                .setHomeDirectory(home)
                .setSshDirectory(home)
                .setConfigFile(_ -> null)
                .setConfigStoreFactory((_, _, _) -> null)
                .setDefaultIdentities(_ -> List.of())
                .setDefaultKeysProvider(_ -> keys)
                .setPreferredAuthentications("publickey")
                .setServerKeyDatabase((_, _) -> new KnownHostsOnly(knownHosts))
                .build(null);
    }

    private static List<KeyPair> read(String key) {
        // the last line of a key in a Secret is easily lost, and readers insist on it
        String text = key.endsWith("\n") ? key : key + "\n";
        try {
            Iterable<KeyPair> pairs = SecurityUtils.loadKeyPairIdentities(
                    null,
                    NamedResource.ofName("sshPrivateKey"),
                    new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
                    FilePasswordProvider.EMPTY);
            List<KeyPair> read = new ArrayList<>();
            if (pairs != null) {
                pairs.forEach(read::add);
            }
            if (read.isEmpty()) {
                throw new UnreadableKey("sshPrivateKey holds no private key in OpenSSH or PEM form");
            }
            return read;
        } catch (IOException | GeneralSecurityException | IllegalArgumentException _) {
            // the reason may repeat parts of the key
            throw new UnreadableKey(
                    "sshPrivateKey cannot be read: it must be an OpenSSH or PEM key without a passphrase");
        }
    }

    /** Never asks, never learns. */
    private static final class KnownHostsOnly implements ServerKeyDatabase {
        private final OpenSshServerKeyDatabase files;

        KnownHostsOnly(List<Path> knownHosts) {
            this.files = new OpenSshServerKeyDatabase(false, knownHosts);
        }

        @Override
        public List<PublicKey> lookup(String address, InetSocketAddress remote, Configuration configuration) {
            return files.lookup(address, remote, new Strict(configuration));
        }

        @Override
        public boolean accept(
                String address,
                InetSocketAddress remote,
                PublicKey key,
                Configuration configuration,
                @Nullable CredentialsProvider provider) {
            return files.accept(address, remote, key, new Strict(configuration), null);
        }
    }

    private record Strict(ServerKeyDatabase.Configuration given) implements ServerKeyDatabase.Configuration {
        @Override
        public List<String> getUserKnownHostsFiles() {
            return List.of();
        }

        @Override
        public List<String> getGlobalKnownHostsFiles() {
            return List.of();
        }

        @Override
        public StrictHostKeyChecking getStrictHostKeyChecking() {
            return StrictHostKeyChecking.REQUIRE_MATCH;
        }

        @Override
        public boolean getHashKnownHosts() {
            return false;
        }

        @Override
        public String getUsername() {
            return given.getUsername();
        }
    }
}
