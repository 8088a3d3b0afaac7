package dev.tiphys.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.transport.UsernamePasswordCredentialsProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("real")
class GitServerTest {
    @TempDir
    Path directory;

    private GitServer server;
    private TestRepository shop;

    @BeforeEach
    void start() {
        server = GitServer.start(directory.resolve("server"));
        shop = server.createRepository("acme/shop");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aCommitAddsChangesAndDeletesFilesAndKeepsTheOthers() {
        String first = shop.commit("first", Map.of("a.txt", "1", "deploy/b.yaml", "b: 1", "c.txt", "c"));
        Map<String, String> change = new HashMap<>();
        change.put("a.txt", "2");
        change.put("c.txt", null);
        change.put("d.txt", "new");

        String second = shop.commit("second", change);

        assertThat(shop.head("main")).isEqualTo(second);
        assertThat(shop.read(second, "a.txt")).contains("2");
        assertThat(shop.read(second, "deploy/b.yaml")).contains("b: 1");
        assertThat(shop.read(second, "c.txt")).isEmpty();
        assertThat(shop.read(first, "c.txt")).contains("c");
        TestRepository.Commit told = shop.describe(second);
        assertThat(told.added()).containsExactly("d.txt");
        assertThat(told.modified()).containsExactly("a.txt");
        assertThat(told.removed()).containsExactly("c.txt");
    }

    @Test
    void aNewBranchBeginsAtMain() {
        shop.commit("first", Map.of("a.txt", "1"));

        String other = shop.commit("feature", "on a branch", Map.of("b.txt", "2"));

        assertThat(shop.read(other, "a.txt")).contains("1");
        assertThat(shop.head("feature")).isEqualTo(other).isNotEqualTo(shop.head("main"));
    }

    @Test
    void repositoriesSurviveARestart() {
        String sha = shop.commit("first", Map.of("a.txt", "1"));
        server.close();

        server = GitServer.start(directory.resolve("server"));

        assertThat(server.createRepository("acme/shop").head("main")).isEqualTo(sha);
    }

    @Nested
    class TheGitProgram {
        private final List<Push> pushes = new CopyOnWriteArrayList<>();

        @BeforeEach
        void isHere() {
            assumeTrue(exists(), "git is not on the PATH");
            server.onPush(pushes::add);
        }

        @Test
        void clonesAndPushes() throws Exception {
            String first = shop.commit("first", Map.of("a.txt", "1"));
            Path clone = directory.resolve("clone");
            git(directory, "clone", "-q", shop.url(), clone.toString());
            assertThat(clone.resolve("a.txt")).hasContent("1");

            Files.writeString(clone.resolve("a.txt"), "2");
            git(clone, "commit", "-qam", "second");
            git(clone, "push", "-q", "origin", "main");

            assertThat(shop.read("main", "a.txt")).contains("2");
            await().untilAsserted(() ->
                    assertThat(pushes).containsExactly(new Push(shop, "refs/heads/main", first, shop.head("main"))));
            assertThat(shop.traffic().count(GitRequest.PUSH)).isPositive();
        }

        @Test
        void pushesTagsAndDeletesBranches() throws Exception {
            String first = shop.commit("first", Map.of("a.txt", "1"));
            shop.branch("old", first);
            Path clone = directory.resolve("clone");
            git(directory, "clone", "-q", shop.url(), clone.toString());

            git(clone, "tag", "v1");
            git(clone, "push", "-q", "origin", "v1", ":old");

            await().untilAsserted(() -> assertThat(pushes)
                    .containsExactlyInAnyOrder(
                            new Push(shop, "refs/tags/v1", Push.NOWHERE, first),
                            new Push(shop, "refs/heads/old", first, Push.NOWHERE)));
        }

        @Test
        void pushesMoreThanOneBufferHolds() throws Exception {
            shop.commit("first", Map.of("a.txt", "1"));
            Path clone = directory.resolve("clone");
            git(directory, "clone", "-q", shop.url(), clone.toString());
            byte[] noise = new byte[3 << 20];
            new java.util.Random(1).nextBytes(noise);
            Files.write(clone.resolve("noise.bin"), noise);
            git(clone, "add", ".");
            git(clone, "commit", "-qm", "noise");

            git(clone, "push", "-q", "origin", "main");

            assertThat(shop.describe(shop.head("main")).added()).containsExactly("noise.bin");
        }

        @Test
        void clonesShallow() throws Exception {
            for (int i = 0; i < 5; i++) {
                shop.commit("change " + i, Map.of("a.txt", "" + i));
            }
            Path clone = directory.resolve("clone");

            git(directory, "clone", "-q", "--depth", "1", shop.url(), clone.toString());

            assertThat(clone.resolve("a.txt")).hasContent("4");
        }
    }

    @Test
    void jgitFetches() throws Exception {
        String sha = shop.commit("first", Map.of("a.txt", "1"));

        assertThat(fetch(null)).isEqualTo(sha);
        assertThat(shop.traffic().count(GitRequest.FETCH_REFS)).isEqualTo(1);
    }

    @Test
    void anAccountIsAskedFor() throws Exception {
        String sha = shop.commit("first", Map.of("a.txt", "1"));
        shop.requireAccount("robot", "secret");

        assertThatThrownBy(() -> fetch(null)).hasMessageContaining("uthenti");
        assertThatThrownBy(() -> fetch(new UsernamePasswordCredentialsProvider("robot", "wrong")))
                .hasMessageContaining("not authorized");
        assertThat(fetch(new UsernamePasswordCredentialsProvider("robot", "secret")))
                .isEqualTo(sha);
    }

    @Test
    void itFailsOnDemand() throws Exception {
        String sha = shop.commit("first", Map.of("a.txt", "1"));
        shop.traffic().fail(GitRequest.FETCH_REFS, 1, Fault.refuse(500));
        // Java's own client tries once more when a connection breaks before the answer.
        shop.traffic().fail(GitRequest.FETCH_REFS, 2, new Fault.Drop());
        shop.traffic().fail(GitRequest.FETCH, 1, new Fault.Delay(Duration.ofMillis(50)));

        assertThatThrownBy(() -> fetch(null)).hasMessageContaining("500");
        assertThatThrownBy(() -> fetch(null)).hasMessageContaining(shop.url());
        assertThat(fetch(null)).isEqualTo(sha);
    }

    private String fetch(UsernamePasswordCredentialsProvider credentials) throws Exception {
        Path target = Files.createTempDirectory(directory, "mirror");
        try (Repository mirror =
                new FileRepositoryBuilder().setGitDir(target.toFile()).setBare().build()) {
            mirror.create(true);
            try (Transport transport = Transport.open(mirror, new URIish(shop.url()))) {
                transport.setCredentialsProvider(credentials);
                transport.fetch(NullProgressMonitor.INSTANCE, List.of(new RefSpec("+refs/heads/*:refs/heads/*")));
            }
            ObjectId id = mirror.resolve("refs/heads/main");
            return id.name();
        }
    }

    private static boolean exists() {
        try {
            return new ProcessBuilder("git", "--version").start().waitFor() == 0;
        } catch (java.io.IOException | InterruptedException _) {
            return false;
        }
    }

    private static void git(Path where, String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("git", "-c", "user.name=Grace", "-c", "user.email=grace@example.com"));
        command.addAll(List.of(arguments));
        Path said = Files.createTempFile("git", ".out");
        Process process = new ProcessBuilder(command)
                .directory(where.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(said)).isZero();
    }
}
