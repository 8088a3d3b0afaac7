package dev.tiphys.engine.trigger.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.contracts.definition.Definition;
import dev.tiphys.contracts.definition.DefinitionKey;
import dev.tiphys.engine.trigger.ChangedPaths.PathsUnknown;
import dev.tiphys.platform.secret.Secret;
import dev.tiphys.testkit.GitServer;
import dev.tiphys.testkit.SshGitServer;
import dev.tiphys.testkit.TestRepository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    private final KeyPair client = SshGitServer.keyPair("RSA");
    private GitServer files;
    private TestRepository shop;
    private SshGitServer server;
    private Path knownHosts;

    @BeforeEach
    void start() throws IOException {
        files = GitServer.start(directory.resolve("server"));
        shop = files.createRepository("acme/shop");
        server = SshGitServer.start(directory.resolve("server/acme/shop.git"), client);
        knownHosts = Files.writeString(directory.resolve("known_hosts"), server.knownHost());
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        files.close();
    }

    private List<String> between(Map<String, String> secret, String before, String revision) throws PathsUnknown {
        JgitChangedPaths paths = new JgitChangedPaths(
                ref -> Optional.ofNullable(secret.get(ref.key()))
                        .map(text -> new Secret(ref, text.getBytes(StandardCharsets.UTF_8))),
                Optional.of(knownHosts),
                JgitChangedPaths.Patience.USUAL);
        Definition.Repository repository = new Definition.Repository(
                new DefinitionKey("Repository", "default", "shop"), server.url("git"), "github", "git", null);
        try {
            return paths.between(repository, MAIN, before, revision);
        } finally {
            paths.close();
        }
    }

    @Test
    void areReadWithTheRepositorysKey() throws Exception {
        String before = shop.commit("one", Map.of("a.txt", "1"));
        String after = shop.commit("two", Map.of("b.txt", "1"));

        assertThat(between(Map.of("sshPrivateKey", SshGitServer.privateKey(client)), before, after))
                .containsExactly("b.txt");
    }

    @Test
    void areUnknownWithAnotherKeyAPasswordOrNoKeyAtAll() throws Exception {
        String tip = shop.commit("one", Map.of("a.txt", "1"));
        String other = SshGitServer.privateKey(SshGitServer.keyPair("RSA"));

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
        String key = SshGitServer.privateKey(client);

        assertThatThrownBy(() -> between(Map.of("sshPrivateKey", key), tip, tip))
                .isInstanceOf(PathsUnknown.class);
    }
}
