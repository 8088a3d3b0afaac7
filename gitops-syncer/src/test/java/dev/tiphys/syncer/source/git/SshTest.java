package dev.tiphys.syncer.source.git;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.syncer.source.Answer;
import dev.tiphys.syncer.source.RepositoryAccess;
import dev.tiphys.syncer.source.RepositoryAccess.Credentials;
import dev.tiphys.syncer.source.Resolved;
import dev.tiphys.testkit.GitServer;
import dev.tiphys.testkit.SshGitServer;
import dev.tiphys.testkit.TestRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.Map;
import java.util.Optional;
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

    private KeyPair client = SshGitServer.keyPair("RSA");
    private GitServer files;
    private TestRepository shop;
    private SshGitServer server;
    private Path knownHosts;

    @BeforeEach
    void start() throws IOException {
        files = GitServer.start(directory.resolve("server"));
        shop = files.createRepository("acme/shop");
        admit(client);
    }

    private void admit(KeyPair key) throws IOException {
        client = key;
        server = SshGitServer.start(directory.resolve("server/acme/shop.git"), key);
        knownHosts = Files.writeString(directory.resolve("known_hosts"), server.knownHost());
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        files.close();
    }

    private Answer<Resolved> resolve(String user, Credentials credentials) {
        GitSources sources = new GitSources(
                new SmallLimits(directory.resolve("mirrors"), Optional.of(knownHosts)), (_, _, _, _) -> {});
        return sources.resolve(new RepositoryAccess(server.url(user), credentials), "main");
    }

    private static Credentials.SshKey key(KeyPair pair) {
        return new Credentials.SshKey(SshGitServer.privateKey(pair));
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void aKeyOpensARepository(String algorithm) throws Exception {
        server.close();
        admit(SshGitServer.keyPair(algorithm));
        String sha = shop.commit("one", Map.of("deploy/a.yaml", "a"));

        assertThat(resolve("git", key(client))).isEqualTo(new Answer.Found<>(new Resolved(sha, "refs/heads/main")));
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

        assertThat(resolve("git", key(SshGitServer.keyPair("RSA"))))
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
        Files.writeString(knownHosts, server.knownHost(SshGitServer.keyPair("EC")));
        assertThat(resolve("git", key(client)))
                .isInstanceOf(Answer.Stuck.class)
                .asString()
                .contains("known_hosts");

        Files.writeString(knownHosts, "");
        assertThat(resolve("git", key(client)))
                .isInstanceOf(Answer.Stuck.class)
                .asString()
                .contains("known_hosts");
    }
}
