package dev.tiphys.syncer.source.git;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.syncer.source.Answer;
import dev.tiphys.syncer.source.RepositoryAccess;
import dev.tiphys.syncer.source.RepositoryAccess.Credentials;
import dev.tiphys.syncer.source.Resolved;
import dev.tiphys.testkit.GitServer;
import dev.tiphys.testkit.TestRepository;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("real")
class SshTest {
    @TempDir
    Path directory;

    private final KeyPair host = pair("EC");
    private GitServer files;
    private TestRepository shop;
    private SshServer server;
    private KeyPair client = pair("RSA");
    private Path knownHosts;

    private static KeyPair pair(String algorithm) {
        try {
            return "Ed25519".equals(algorithm)
                    ? SecurityUtils.getKeyPairGenerator(SecurityUtils.EDDSA).generateKeyPair()
                    : KeyPairGenerator.getInstance(algorithm).generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void start() throws IOException {
        files = GitServer.start(directory.resolve("server"));
        shop = files.createRepository("acme/shop");
        server = SshServer.setUpDefaultServer();
        server.setHost("127.0.0.1");
        server.setKeyPairProvider(KeyPairProvider.wrap(host));
        server.setPublickeyAuthenticator(
                (user, key, _) -> "git".equals(user) && KeyUtils.compareKeys(key, client.getPublic()));
        server.setCommandFactory((_, _) -> new Upload(directory.resolve("server/acme/shop.git")));
        server.start();
        knownHosts = Files.writeString(
                directory.resolve("known_hosts"),
                "[127.0.0.1]:" + server.getPort() + " " + PublicKeyEntry.toString(host.getPublic()) + "\n");
    }

    @AfterEach
    void stop() throws IOException {
        server.stop(true);
        files.close();
    }

    private Answer<Resolved> resolve(String user, Credentials credentials) {
        GitSources sources = new GitSources(new Limits(directory.resolve("mirrors"), knownHosts), (_, _, _, _) -> {});
        String url = "ssh://" + user + "@127.0.0.1:" + server.getPort() + "/acme/shop.git";
        return sources.resolve(new RepositoryAccess(url, credentials), "main");
    }

    private static Credentials.SshKey openSsh(KeyPair pair) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(pair, "test", null, out);
        return new Credentials.SshKey(out.toString(StandardCharsets.UTF_8).strip());
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void aKeyOpensARepository(String algorithm) throws Exception {
        client = pair(algorithm);
        String sha = shop.commit("one", Map.of("deploy/a.yaml", "a"));

        assertThat(resolve("git", openSsh(client))).isEqualTo(new Answer.Found<>(new Resolved(sha, "refs/heads/main")));
    }

    @Test
    void aPasswordIsNotEnough() {
        shop.commit("one", Map.of("deploy/a.yaml", "a"));

        assertThat(resolve("ada", new Credentials.Password("ada", "s3cret")))
                .isInstanceOf(Answer.Stuck.class)
                .asString()
                .contains("give sshPrivateKey")
                .doesNotContain("s3cret");
    }

    @Test
    void aWrongKeyNeedsAPerson() throws Exception {
        shop.commit("one", Map.of("deploy/a.yaml", "a"));

        assertThat(resolve("git", openSsh(pair("RSA"))))
                .isInstanceOf(Answer.Stuck.class)
                .asString()
                .contains("credentials");
        assertThat(resolve("git", new Credentials.SshKey("nonsense")))
                .asString()
                .contains("sshPrivateKey")
                .doesNotContain("nonsense");
    }

    @Test
    void anUnknownHostIsNotTrusted() throws Exception {
        shop.commit("one", Map.of("deploy/a.yaml", "a"));
        Files.writeString(
                knownHosts,
                "[127.0.0.1]:" + server.getPort() + " "
                        + PublicKeyEntry.toString(pair("EC").getPublic()) + "\n");
        assertThat(resolve("git", openSsh(client)))
                .isInstanceOf(Answer.Stuck.class)
                .asString()
                .contains("known_hosts");

        Files.writeString(knownHosts, "");
        assertThat(resolve("git", openSsh(client)))
                .isInstanceOf(Answer.Stuck.class)
                .asString()
                .contains("known_hosts");
    }

    private record Limits(Path directory, Path hosts) implements GitConfig {
        @Override
        public int maxPacks() {
            return 200;
        }

        @Override
        public Optional<Path> knownHosts() {
            return Optional.of(hosts);
        }

        @Override
        public Duration silence() {
            return Duration.ofSeconds(5);
        }

        @Override
        public Duration patience() {
            return Duration.ofSeconds(20);
        }

        @Override
        public int maxEntries() {
            return 100;
        }

        @Override
        public int maxDepth() {
            return 8;
        }

        @Override
        public int maxFiles() {
            return 100;
        }

        @Override
        public int maxFileBytes() {
            return 10_000;
        }

        @Override
        public long maxTotalBytes() {
            return 50_000;
        }

        @Override
        public int maxObjects() {
            return 500;
        }
    }

    /** What a server runs for {@code git-upload-pack}. */
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
