package dev.tiphys.engine.trigger.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.contracts.definition.Definition;
import dev.tiphys.contracts.definition.DefinitionKey;
import dev.tiphys.contracts.definition.SecretRef;
import dev.tiphys.engine.trigger.ChangedPaths.NoSuchCommit;
import dev.tiphys.engine.trigger.ChangedPaths.PathsUnknown;
import dev.tiphys.platform.secret.Secret;
import dev.tiphys.testkit.GitServer;
import dev.tiphys.testkit.TestRepository;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("real")
@Timeout(60)
class JgitChangedPathsTest {
    private static final String MAIN = "refs/heads/main";

    @TempDir
    Path directory;

    private static final JgitChangedPaths.Patience SHORT =
            new JgitChangedPaths.Patience(Duration.ofSeconds(1), Duration.ofSeconds(2));

    private final JgitChangedPaths paths = new JgitChangedPaths(
            ref -> ref.equals(new SecretRef("git", "password"))
                    ? Optional.of(new Secret(ref, "secret".getBytes(StandardCharsets.UTF_8)))
                    : Optional.empty(),
            Optional.empty(),
            SHORT);
    private GitServer server;
    private TestRepository shop;

    @BeforeEach
    void serve() {
        server = GitServer.start(directory);
        shop = server.createRepository("acme/shop");
    }

    @AfterEach
    void close() {
        paths.close();
        server.close();
    }

    private Definition.Repository definition(@Nullable String credentials) {
        return new Definition.Repository(
                new DefinitionKey("Repository", "default", "shop"), shop.url(), "github", credentials, null);
    }

    @Test
    void areThoseBetweenTheTwoCommits() throws PathsUnknown {
        String before = shop.commit("one", Map.of("a.txt", "1", "deploy/b.yaml", "1"));
        shop.commit("two", Map.of("deploy/b.yaml", "2"));
        String after = shop.commit("three", Map.of("deploy/c.yaml", "1"));

        assertThat(paths.between(definition(null), MAIN, before, after))
                .containsExactly("deploy/b.yaml", "deploy/c.yaml");
    }

    @Test
    void ofANewBranchAreThoseSinceItLeftTheDefaultBranch() throws PathsUnknown {
        String base = shop.commit("one", Map.of("a.txt", "1"));
        shop.branch("feature", base);
        String tip = shop.commit("feature", "two", Map.of("b.txt", "1"));
        shop.commit("three", Map.of("c.txt", "1"));

        assertThat(paths.between(definition(null), "refs/heads/feature", null, tip))
                .containsExactly("b.txt");
    }

    @Test
    void ofARewrittenHistoryAreAll() throws PathsUnknown {
        String tip = shop.commit("one", Map.of("a.txt", "1", "b.txt", "1"));

        assertThat(paths.between(definition(null), MAIN, "0123456789012345678901234567890123456789", tip))
                .containsExactly("a.txt", "b.txt");
    }

    @Test
    void areReadWithTheRepositorysOwnCredentials() throws PathsUnknown {
        shop.requireAccount("git", "secret");
        String before = shop.commit("one", Map.of("a.txt", "1"));
        String after = shop.commit("two", Map.of("a.txt", "2"));

        assertThat(paths.between(definition("git"), MAIN, before, after)).containsExactly("a.txt");
        assertThatThrownBy(() -> paths.between(definition(null), MAIN, before, after))
                .isInstanceOf(PathsUnknown.class)
                .hasMessageContaining("repository shop does not tell");
    }

    @Test
    void areReadFromTheKeptMirrorWithoutAskingAgain() throws PathsUnknown {
        String one = shop.commit("one", Map.of("a.txt", "1"));
        String two = shop.commit("two", Map.of("b.txt", "1"));
        String three = shop.commit("three", Map.of("c.txt", "1"));
        assertThat(paths.between(definition(null), MAIN, two, three)).containsExactly("c.txt");
        server.close();

        assertThat(paths.between(definition(null), MAIN, one, two)).containsExactly("b.txt");
    }

    @Test
    void ofACommitThatTheMirrorLacksAreFetchedIntoIt() throws PathsUnknown {
        String one = shop.commit("one", Map.of("a.txt", "1"));
        String two = shop.commit("two", Map.of("b.txt", "1"));
        assertThat(paths.between(definition(null), MAIN, one, two)).containsExactly("b.txt");
        shop.branch("topic", two);
        shop.delete("refs/heads/topic");
        String nested = shop.commit("main", "three", Map.of("c.txt", "1"));
        shop.branch("topic/nested", nested);

        assertThat(paths.between(definition(null), MAIN, two, nested)).containsExactly("c.txt");
    }

    @Test
    void ofAServerThatSaysNothingAreUnknownSoon() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Definition.Repository hanging = new Definition.Repository(
                    new DefinitionKey("Repository", "default", "hanging"),
                    "http://127.0.0.1:" + silent.getLocalPort() + "/acme/shop.git",
                    "github",
                    null,
                    null);

            assertThatThrownBy(() -> paths.between(hanging, MAIN, null, "0".repeat(40)))
                    .isInstanceOf(PathsUnknown.class)
                    .hasMessageContaining("repository hanging does not tell");
        }
    }

    @Test
    void ofACommitThatWasForcedAwayAreToldToBeNowhere() throws PathsUnknown {
        String tip = shop.commit("one", Map.of("a.txt", "1"));
        assertThat(paths.between(definition(null), MAIN, null, tip)).containsExactly("a.txt");

        assertThatThrownBy(() -> paths.between(definition(null), MAIN, tip, "f".repeat(40)))
                .isInstanceOf(NoSuchCommit.class)
                .hasMessage("repository shop has no commit " + "f".repeat(40) + " in its branches and tags");
    }

    @Test
    void areUnknownWhileTheServerIsAway() {
        String tip = shop.commit("one", Map.of("a.txt", "1"));
        server.close();

        assertThatThrownBy(() -> paths.between(definition(null), MAIN, tip, tip))
                .isExactlyInstanceOf(PathsUnknown.class)
                .hasMessageNotContaining("secret");
    }
}
