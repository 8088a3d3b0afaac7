package dev.tiphys.engine.trigger.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.contracts.definition.Definition;
import dev.tiphys.contracts.definition.DefinitionKey;
import dev.tiphys.engine.trigger.ChangedPaths.PathsUnknown;
import dev.tiphys.platform.secret.Secret;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
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
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The changed paths of a repository behind a real ssh server. */
@Tag("real")
@Timeout(60)
class SshChangedPathsTest {
    private static final String MAIN = "refs/heads/main";

    @TempDir
    Path directory;

    private final KeyPair host = pair("EC");
    private final KeyPair client = pair("RSA");
    private GitServer files;
    private TestRepository shop;
    private SshServer server;
    private Path knownHosts;

    private static KeyPair pair(String algorithm) {
        try {
            return KeyPairGenerator.getInstance(algorithm).generateKeyPair();
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

    private List<String> between(Map<String, String> secret, String before, String revision) throws PathsUnknown {
        JgitChangedPaths paths = new JgitChangedPaths(
                ref -> Optional.ofNullable(secret.get(ref.key()))
                        .map(text -> new Secret(ref, text.getBytes(StandardCharsets.UTF_8))),
                Optional.of(knownHosts),
                JgitChangedPaths.Patience.USUAL);
        Definition.Repository repository = new Definition.Repository(
                new DefinitionKey("Repository", "default", "shop"),
                "ssh://git@127.0.0.1:" + server.getPort() + "/acme/shop.git",
                "github",
                "git",
                null);
        try {
            return paths.between(repository, MAIN, before, revision);
        } finally {
            paths.close();
        }
    }

    private static String openSsh(KeyPair pair) throws IOException, GeneralSecurityException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(pair, "test", null, out);
        return out.toString(StandardCharsets.UTF_8).strip();
    }

    @Test
    void areReadWithTheRepositorysKey() throws Exception {
        String before = shop.commit("one", Map.of("a.txt", "1"));
        String after = shop.commit("two", Map.of("b.txt", "1"));

        assertThat(between(Map.of("sshPrivateKey", openSsh(client)), before, after))
                .containsExactly("b.txt");
    }

    @Test
    void areUnknownWithAnotherKeyAPasswordOrNoKeyAtAll() throws Exception {
        String tip = shop.commit("one", Map.of("a.txt", "1"));
        String other = openSsh(pair("RSA"));

        assertThatThrownBy(() -> between(Map.of("sshPrivateKey", other), tip, tip))
                .isInstanceOf(PathsUnknown.class);
        assertThatThrownBy(() -> between(Map.of("sshPrivateKey", "nonsense"), tip, tip))
                .isInstanceOf(PathsUnknown.class)
                .hasMessageContaining("sshPrivateKey")
                .hasMessageNotContaining("nonsense");
        assertThatThrownBy(() -> between(Map.of("password", "s3cret"), tip, tip))
                .isInstanceOf(PathsUnknown.class)
                .hasMessageContaining("give secret git an sshPrivateKey")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void areUnknownFromAHostThatNobodyKnows() throws Exception {
        String tip = shop.commit("one", Map.of("a.txt", "1"));
        Files.writeString(knownHosts, "");
        String key = openSsh(client);

        assertThatThrownBy(() -> between(Map.of("sshPrivateKey", key), tip, tip))
                .isInstanceOf(PathsUnknown.class);
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
