package dev.tiphys.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.transport.UploadPack;

/** A real ssh server on 127.0.0.1 in front of one bare repository: the user git may fetch from it, with one key. */
public final class SshGitServer implements AutoCloseable {
    private static final String USER = "git";

    private final KeyPair host = keyPair("EC");
    private final SshServer server = SshServer.setUpDefaultServer();
    private final Path repository;

    private SshGitServer(Path repository, KeyPair admitted) {
        this.repository = repository;
        server.setHost("127.0.0.1");
        server.setKeyPairProvider(KeyPairProvider.wrap(host));
        server.setPublickeyAuthenticator(
                (user, key, _) -> USER.equals(user) && KeyUtils.compareKeys(key, admitted.getPublic()));
        server.setCommandFactory((_, _) -> new Upload(repository));
    }

    /**
     * Starts a server on a free port.
     *
     * @param repository a bare one
     * @param admitted whose owner may fetch
     */
    public static SshGitServer start(Path repository, KeyPair admitted) throws IOException {
        SshGitServer started = new SshGitServer(repository, admitted);
        started.server.start();
        return started;
    }

    /** {@return a new pair of keys: RSA, EC or Ed25519} */
    public static KeyPair keyPair(String algorithm) {
        try {
            return (algorithm.equals("Ed25519")
                            ? SecurityUtils.getKeyPairGenerator(SecurityUtils.EDDSA)
                            : KeyPairGenerator.getInstance(algorithm))
                    .generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("no keys of " + algorithm + " can be made here", e);
        }
    }

    /** {@return the private key as OpenSSH writes it to a file} */
    public static String privateKey(KeyPair pair) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(pair, "test", null, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("the key cannot be written", e);
        }
        return out.toString(UTF_8).strip();
    }

    /** {@return where the repository is for a user} */
    public String url(String user) {
        return "ssh://" + user + "@127.0.0.1:" + server.getPort() + "/" + repository.getFileName();
    }

    /** {@return the server's own line of a file of known hosts} */
    public String knownHost() {
        return knownHost(host);
    }

    /** {@return the line that it would be if the server had this key} */
    public String knownHost(KeyPair key) {
        return "[127.0.0.1]:" + server.getPort() + " " + PublicKeyEntry.toString(key.getPublic()) + "\n";
    }

    @Override
    public void close() throws IOException {
        server.stop(true);
    }

    /** What the server runs for {@code git-upload-pack}. */
    private static final class Upload implements Command {
        private final Path repository;
        private InputStream in = InputStream.nullInputStream();
        private OutputStream out = OutputStream.nullOutputStream();
        private OutputStream err = OutputStream.nullOutputStream();
        private ExitCallback exit = (_, _, _) -> {};

        Upload(Path repository) {
            this.repository = repository;
        }

        @Override
        public void setInputStream(InputStream stream) {
            in = stream;
        }

        @Override
        public void setOutputStream(OutputStream stream) {
            out = stream;
        }

        @Override
        public void setErrorStream(OutputStream stream) {
            err = stream;
        }

        @Override
        public void setExitCallback(ExitCallback callback) {
            exit = callback;
        }

        @Override
        public void start(ChannelSession channel, Environment environment) {
            Thread.startVirtualThread(() -> {
                try (Repository git = new FileRepositoryBuilder()
                        .setGitDir(repository.toFile())
                        .build()) {
                    new UploadPack(git).upload(in, out, err);
                    exit.onExit(0);
                } catch (IOException e) {
                    exit.onExit(1, e.getMessage());
                }
            });
        }

        @Override
        public void destroy(ChannelSession channel) {
            // the thread ends with its streams
        }
    }
}
