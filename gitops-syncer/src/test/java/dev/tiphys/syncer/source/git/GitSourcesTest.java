package dev.tiphys.syncer.source.git;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.syncer.source.Answer;
import dev.tiphys.syncer.source.Contents;
import dev.tiphys.syncer.source.GitRequests;
import dev.tiphys.syncer.source.RepositoryAccess;
import dev.tiphys.syncer.source.Resolved;
import dev.tiphys.syncer.source.Selection;
import dev.tiphys.syncer.source.SourceFile;
import dev.tiphys.testkit.Fault;
import dev.tiphys.testkit.GitRequest;
import dev.tiphys.testkit.GitServer;
import dev.tiphys.testkit.TestRepository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.TagBuilder;
import org.eclipse.jgit.lib.TreeFormatter;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("real")
class GitSourcesTest {
    private static final Selection ALL = new Selection("deploy", true, List.of(), List.of());

    @TempDir
    Path directory;

    private GitServer server;
    private TestRepository shop;
    private GitSources sources;
    private final List<GitRequests.Kind> requests = new ArrayList<>();

    @BeforeEach
    void start() {
        server = GitServer.start(directory.resolve("server"));
        shop = server.createRepository("acme/shop");
        sources = newSources();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private GitSources newSources() {
        return new GitSources(new SmallLimits(directory.resolve("mirrors"), Optional.empty()), (_, kind, _, _) -> {
            synchronized (requests) {
                requests.add(kind);
            }
        });
    }

    private RepositoryAccess access() {
        return new RepositoryAccess(shop.url(), null);
    }

    private static <T> T found(Answer<T> answer) {
        assertThat(answer).isInstanceOf(Answer.Found.class);
        return ((Answer.Found<T>) answer).value();
    }

    private static String stuck(Answer<?> answer) {
        assertThat(answer).isInstanceOf(Answer.Stuck.class);
        return ((Answer.Stuck<?>) answer).why();
    }

    private static String waiting(Answer<?> answer) {
        assertThat(answer).isInstanceOf(Answer.Waiting.class);
        return ((Answer.Waiting<?>) answer).why();
    }

    private static List<String> paths(Answer<Contents> answer) {
        return found(answer).files().stream().map(SourceFile::path).toList();
    }

    /** The repository behind the server, for what its helper cannot write. */
    private Repository bare() throws IOException {
        return new FileRepositoryBuilder()
                .setGitDir(directory.resolve("server/acme/shop.git").toFile())
                .build();
    }

    private String commitTree(Repository repository, ObjectInserter inserter, ObjectId tree) throws IOException {
        CommitBuilder commit = new CommitBuilder();
        commit.setTreeId(tree);
        commit.setAuthor(new PersonIdent("a", "a@example.com"));
        commit.setCommitter(new PersonIdent("a", "a@example.com"));
        commit.setMessage("m");
        ObjectId id = inserter.insert(commit);
        inserter.flush();
        RefUpdate update = repository.updateRef("refs/heads/main");
        update.setNewObjectId(id);
        update.setForceUpdate(true);
        update.update();
        return id.name();
    }

    @Nested
    class Resolving {
        @Test
        void findsBranchesTagsAndHead() {
            String first = shop.commit("one", Map.of("deploy/a.yaml", "a"));
            shop.tag("v1.0.0", first);
            String second = shop.commit("two", Map.of("deploy/a.yaml", "b"));
            shop.branch("feature/x", first);

            assertThat(found(sources.resolve(access(), "main"))).isEqualTo(new Resolved(second, "refs/heads/main"));
            assertThat(found(sources.resolve(access(), "HEAD"))).isEqualTo(new Resolved(second, "refs/heads/main"));
            assertThat(found(sources.resolve(access(), ""))).isEqualTo(new Resolved(second, "refs/heads/main"));
            assertThat(found(sources.resolve(access(), "v1.0.0"))).isEqualTo(new Resolved(first, "refs/tags/v1.0.0"));
            assertThat(found(sources.resolve(access(), "refs/heads/feature/x")).sha())
                    .isEqualTo(first);
            assertThat(found(sources.resolve(access(), "feature/x")).sha()).isEqualTo(first);
        }

        @Test
        void peelsAnnotatedTags() throws IOException {
            String sha = shop.commit("one", Map.of("deploy/a.yaml", "a"));
            try (Repository repository = bare();
                    ObjectInserter inserter = repository.newObjectInserter()) {
                TagBuilder tag = new TagBuilder();
                tag.setTag("v2");
                tag.setObjectId(ObjectId.fromString(sha), Constants.OBJ_COMMIT);
                tag.setTagger(new PersonIdent("a", "a@example.com"));
                tag.setMessage("m");
                ObjectId id = inserter.insert(tag);
                inserter.flush();
                RefUpdate update = repository.updateRef("refs/tags/v2");
                update.setNewObjectId(id);
                update.update();
            }

            assertThat(found(sources.resolve(access(), "v2")).sha()).isEqualTo(sha);
        }

        @Test
        void findsCommitsWhollyWrittenOrAbbreviated() {
            String first = shop.commit("one", Map.of("deploy/a.yaml", "a"));
            shop.commit("two", Map.of("deploy/a.yaml", "b"));

            assertThat(found(sources.resolve(access(), first)).sha()).isEqualTo(first);
            assertThat(found(newSources().resolve(access(), first.substring(0, 8)))
                            .sha())
                    .isEqualTo(first);
        }

        @Test
        void takesTheHighestTagWithinAConstraint() {
            String first = shop.commit("one", Map.of("deploy/a.yaml", "a"));
            shop.tag("v1.9.0", first);
            String second = shop.commit("two", Map.of("deploy/a.yaml", "b"));
            shop.tag("v1.10.0", second);
            shop.tag("v2.0.0-rc.1", first);

            assertThat(found(sources.resolve(access(), "^1.2"))).isEqualTo(new Resolved(second, "refs/tags/v1.10.0"));
            assertThat(found(sources.resolve(access(), ">=2.0.0-0")).sha()).isEqualTo(first);
            assertThat(stuck(sources.resolve(access(), "^3"))).contains("no tag within it as a version constraint");
        }

        @Test
        void asksNobodyForACommitThatIsHere() {
            String sha = shop.commit("one", Map.of("deploy/a.yaml", "a"));
            sources.resolve(access(), "main");
            requests.clear();

            assertThat(found(sources.resolve(access(), sha)).sha()).isEqualTo(sha);
            assertThat(paths(sources.read(access(), sha, ALL))).containsExactly("deploy/a.yaml");
            assertThat(requests).isEmpty();
        }

        @Test
        void bringsOnlyWhatIsNew() {
            shop.commit("one", Map.of("deploy/a.yaml", "a"));
            sources.resolve(access(), "main");
            assertThat(requests).containsExactly(GitRequests.Kind.REFS, GitRequests.Kind.OBJECTS);

            sources.resolve(access(), "main");
            assertThat(requests).hasSize(3).last().isEqualTo(GitRequests.Kind.REFS);

            String second = shop.commit("two", Map.of("deploy/a.yaml", "b"));
            assertThat(found(sources.resolve(access(), "main")).sha()).isEqualTo(second);
        }

        @Test
        void survivesARestart() {
            String sha = shop.commit("one", Map.of("deploy/a.yaml", "a"));
            sources.resolve(access(), "main");
            requests.clear();

            assertThat(paths(newSources().read(access(), sha, ALL))).containsExactly("deploy/a.yaml");
            assertThat(requests).isEmpty();
        }

        @Test
        void followsAForcedPushAndStillKnowsTheOldCommit() {
            String first = shop.commit("one", Map.of("deploy/a.yaml", "a"));
            String second = shop.commit("two", Map.of("deploy/a.yaml", "b"));
            sources.resolve(access(), "main");
            shop.branch("main", first);
            String third = shop.commit("three", Map.of("deploy/b.yaml", "c"));

            assertThat(found(sources.resolve(access(), "main")).sha()).isEqualTo(third);
            assertThat(found(sources.isAncestor(access(), second, third))).isFalse();
            assertThat(found(sources.isAncestor(access(), first, third))).isTrue();
            assertThat(paths(sources.read(access(), second, ALL))).containsExactly("deploy/a.yaml");
        }

        @Test
        void isStuckOnADeletedBranch() {
            shop.commit("one", Map.of("deploy/a.yaml", "a"));
            shop.branch("gone", shop.head("main"));
            sources.resolve(access(), "gone");
            shop.delete("refs/heads/gone");

            assertThat(stuck(sources.resolve(access(), "gone")))
                    .isEqualTo(shop.url() + " has no branch, tag or commit gone");
        }

        @Test
        void mayFollowABranchWithAFolderOfItsName() {
            String first = shop.commit("one", Map.of("deploy/a.yaml", "a"));
            shop.branch("a", first);
            sources.resolve(access(), "a");
            shop.delete("refs/heads/a");
            String second = shop.commit("a/b", "two", Map.of("deploy/a.yaml", "b"));

            assertThat(found(sources.resolve(access(), "a/b")).sha()).isEqualTo(second);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"--upload-pack=id", "-x", "a..b", "a b", "main@{1}", "main~1", "a:b", "x\ny", "$(id) x"})
        void refusesWhatIsNoName(String revision) {
            assertThat(stuck(sources.resolve(access(), revision))).contains("is not a name that Git allows");
            assertThat(requests).isEmpty();
        }

        @Test
        void saysThatACommitIsNotThere() {
            shop.commit("one", Map.of("deploy/a.yaml", "a"));
            String absent = "1".repeat(40);

            assertThat(sources.resolve(access(), absent)).isEqualTo(new Answer.Absent<>(noSuchCommit(absent)));
            assertThat(sources.read(access(), absent, ALL)).isEqualTo(new Answer.Absent<>(noSuchCommit(absent)));
        }

        private String noSuchCommit(String sha) {
            return shop.url() + " has no commit " + sha;
        }

        @Test
        void sharesOneFetchAmongThoseWhoWait() throws Exception {
            String sha = shop.commit("one", Map.of("deploy/a.yaml", "a"));
            shop.traffic().fail(GitRequest.FETCH_REFS, 1, new Fault.Delay(Duration.ofMillis(300)));
            List<Callable<Answer<Resolved>>> calls = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                calls.add(() -> sources.resolve(access(), "main"));
            }

            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (Future<Answer<Resolved>> answer : threads.invokeAll(calls)) {
                    assertThat(found(answer.get()).sha()).isEqualTo(sha);
                }
            }

            assertThat(shop.traffic().count(GitRequest.FETCH_REFS)).isLessThanOrEqualTo(2);
        }

        @Test
        void fetchesACommitOnceForAllWhoReadIt() throws Exception {
            String sha = shop.commit("one", Map.of("deploy/a.yaml", "a"));
            List<Callable<Answer<Contents>>> calls = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                calls.add(() -> sources.read(access(), sha, ALL));
            }

            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (Future<Answer<Contents>> answer : threads.invokeAll(calls)) {
                    assertThat(paths(answer.get())).containsExactly("deploy/a.yaml");
                }
            }

            assertThat(requests).containsExactly(GitRequests.Kind.REFS, GitRequests.Kind.OBJECTS);
        }
    }

    @Nested
    class Reading {
        @Test
        void givesTheSelectedFilesSorted() {
            String sha = shop.commit(
                    "one",
                    Map.of(
                            "deploy/z.yaml", "z",
                            "deploy/a.yml", "a",
                            "deploy/sub/b.json", "{}",
                            "deploy/README.md", "no",
                            "deployment/x.yaml", "no",
                            "x.yaml", "no"));

            assertThat(paths(sources.read(access(), sha, ALL)))
                    .containsExactly("deploy/a.yml", "deploy/sub/b.json", "deploy/z.yaml");
            assertThat(paths(sources.read(access(), sha, new Selection("deploy/", false, List.of(), List.of()))))
                    .containsExactly("deploy/a.yml", "deploy/z.yaml");
            assertThat(paths(sources.read(access(), sha, new Selection(".", false, List.of(), List.of()))))
                    .containsExactly("x.yaml");
            assertThat(new String(
                            found(sources.read(access(), sha, ALL))
                                    .files()
                                    .getFirst()
                                    .bytes(),
                            StandardCharsets.UTF_8))
                    .isEqualTo("a");
        }

        @Test
        void isStuckWhereThereIsNoFolder() {
            String sha = shop.commit("one", Map.of("deploy/a.yaml", "a"));

            assertThat(stuck(sources.read(access(), sha, new Selection("nowhere", true, List.of(), List.of()))))
                    .isEqualTo("the commit " + sha.substring(0, 8) + " has no folder nowhere");
            assertThat(stuck(sources.read(access(), sha, new Selection("deploy/a.yaml", true, List.of(), List.of()))))
                    .contains("is no folder");
            assertThat(stuck(sources.read(access(), sha, new Selection("../x", true, List.of(), List.of()))))
                    .contains("leads out of the repository");
            assertThat(stuck(sources.read(access(), "main", ALL))).contains("is no commit");
        }

        @Test
        void tellsWhichPathsChanged() {
            String first = shop.commit("one", Map.of("deploy/a.yaml", "a", "deploy/b.yaml", "b", "c", "c"));
            Map<String, String> second = new HashMap<>();
            second.put("deploy/a.yaml", null);
            second.put("deploy/renamed.yaml", "a");
            second.put("c", "other");
            String sha = shop.commit("two", second);

            assertThat(found(sources.changedPaths(access(), first, sha)))
                    .containsExactly("c", "deploy/a.yaml", "deploy/renamed.yaml");
            assertThat(found(sources.changedPaths(access(), sha, sha))).isEmpty();
        }

        @Test
        void readsFilesThroughAFileUrl() throws IOException {
            String sha = shop.commit("one", Map.of("deploy/a.yaml", "a"));
            String url = directory.resolve("server/acme/shop.git").toUri().toString();

            assertThat(paths(sources.read(new RepositoryAccess(url, null), sha, ALL)))
                    .containsExactly("deploy/a.yaml");
        }
    }

    @Nested
    class AMirrorThatIsOftenFetchedInto {
        @Test
        void makesItsPacksOneAndKeepsWhatTheyHold() throws IOException {
            List<String> commits = fetches(11);

            assertThat(packs()).isLessThanOrEqualTo(6);
            server.close();
            for (String sha : commits) {
                assertThat(found(sources.read(access(), sha, ALL)).files()).hasSize(1);
            }
        }

        @Test
        void keepsACommitToWhichNoBranchLeadsAnyMore() throws IOException {
            shop.commit("first", Map.of("deploy/a.yaml", "first"));
            String deployed = shop.commit("side", "deployed", Map.of("deploy/a.yaml", "deployed"));
            found(sources.resolve(access(), deployed));
            shop.delete("refs/heads/side");
            shop.branch("side", shop.head("main"));
            found(sources.resolve(access(), "side"));

            fetches(11);

            assertThat(packs()).isLessThanOrEqualTo(6);
            server.close();
            assertThat(found(sources.read(access(), deployed, ALL)).files()).hasSize(1);
        }

        @Test
        void isReadByManyMeanwhile() throws Exception {
            String sha = shop.commit("first", Map.of("deploy/a.yaml", "first"));
            found(sources.resolve(access(), "main"));
            AtomicBoolean over = new AtomicBoolean();
            // They never wait, so that on virtual threads they would leave none to the server.
            try (ExecutorService readers = Executors.newFixedThreadPool(2)) {
                List<Future<Integer>> reading = Stream.generate(() -> readers.submit(() -> readUntil(over, sha)))
                        .limit(2)
                        .toList();
                try {
                    fetches(11);
                } finally {
                    over.set(true);
                }
                for (Future<Integer> each : reading) {
                    assertThat(each.get()).isPositive();
                }
            }
            assertThat(packs()).isLessThanOrEqualTo(6);
        }

        private int readUntil(AtomicBoolean over, String sha) {
            int times = 0;
            do {
                assertThat(found(sources.read(access(), sha, ALL)).files()).hasSize(1);
                times++;
            } while (!over.get());
            return times;
        }

        private List<String> fetches(int count) {
            List<String> commits = new ArrayList<>();
            for (int each = 0; each < count; each++) {
                commits.add(shop.commit("more", Map.of("deploy/a.yaml", "more " + each)));
                found(sources.resolve(access(), "main"));
            }
            return commits;
        }

        private long packs() throws IOException {
            try (Stream<Path> files = Files.walk(directory.resolve("mirrors"))) {
                return files.filter(file -> file.toString().endsWith(".pack")).count();
            }
        }
    }

    @Nested
    class HostileRepositories {
        private String commitFile(String name, FileMode mode, String content) throws IOException {
            try (Repository repository = bare();
                    ObjectInserter inserter = repository.newObjectInserter()) {
                TreeFormatter folder = new TreeFormatter();
                ObjectId blob = inserter.insert(Constants.OBJ_BLOB, content.getBytes(StandardCharsets.UTF_8));
                folder.append(name, mode, blob);
                folder.append(
                        "real.yaml", FileMode.REGULAR_FILE, inserter.insert(Constants.OBJ_BLOB, new byte[] {'r'}));
                folder.append(
                        "self.yaml",
                        FileMode.SYMLINK,
                        inserter.insert(Constants.OBJ_BLOB, "real.yaml".getBytes(StandardCharsets.UTF_8)));
                TreeFormatter root = new TreeFormatter();
                root.append("deploy", FileMode.TREE, inserter.insert(folder));
                return commitTree(repository, inserter, inserter.insert(root));
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"/etc/passwd", "../../etc/passwd", "../../../x", "/proc/self/environ", "a/../../../x"})
        void mayNotLinkToTheOutside(String target) throws IOException {
            String sha = commitFile("link.yaml", FileMode.SYMLINK, target);

            assertThat(stuck(sources.read(access(), sha, ALL)))
                    .contains("the link deploy/link.yaml, which leads out of the repository");
        }

        @Test
        void mayLinkInside() throws IOException {
            String sha = commitFile("link.yaml", FileMode.SYMLINK, "../deploy/self.yaml");

            assertThat(found(sources.read(access(), sha, ALL)).files())
                    .extracting(file -> file.path() + "=" + new String(file.bytes(), StandardCharsets.UTF_8))
                    .containsExactly("deploy/link.yaml=r", "deploy/real.yaml=r", "deploy/self.yaml=r");
        }

        @Test
        void mayNotLinkInCirclesOrToNothing() throws IOException {
            assertThat(stuck(sources.read(access(), commitFile("link.yaml", FileMode.SYMLINK, "link.yaml"), ALL)))
                    .contains("no end of links");
            assertThat(stuck(sources.read(access(), commitFile("link.yaml", FileMode.SYMLINK, "../deploy"), ALL)))
                    .contains("leads to no file");
        }

        @Test
        void haveTheirSubmodulesPassedOver() throws IOException {
            try (Repository repository = bare();
                    ObjectInserter inserter = repository.newObjectInserter()) {
                TreeFormatter folder = new TreeFormatter();
                folder.append("module.yaml", FileMode.GITLINK, ObjectId.fromString("1".repeat(40)));
                TreeFormatter root = new TreeFormatter();
                root.append("deploy", FileMode.TREE, inserter.insert(folder));
                String sha = commitTree(repository, inserter, inserter.insert(root));

                assertThat(paths(sources.read(access(), sha, ALL))).isEmpty();
            }
        }

        @Test
        void cannotDescribeBillionsOfFiles() throws IOException {
            try (Repository repository = bare();
                    ObjectInserter inserter = repository.newObjectInserter()) {
                ObjectId blob = inserter.insert(Constants.OBJ_BLOB, new byte[] {'x'});
                TreeFormatter leaf = new TreeFormatter();
                for (int i = 0; i < 10; i++) {
                    leaf.append("f" + i + ".txt", FileMode.REGULAR_FILE, blob);
                }
                ObjectId tree = inserter.insert(leaf);
                for (int level = 0; level < 7; level++) {
                    TreeFormatter next = new TreeFormatter();
                    for (int i = 0; i < 10; i++) {
                        next.append("d" + i, FileMode.TREE, tree);
                    }
                    tree = inserter.insert(next);
                }
                String sha = commitTree(repository, inserter, tree);
                Selection root = new Selection("", true, List.of(), List.of());

                assertThat(stuck(sources.read(access(), sha, root))).contains("more than 2000 entries");
                TreeFormatter small = new TreeFormatter();
                small.append("y", FileMode.REGULAR_FILE, blob);
                String other = commitTree(repository, inserter, inserter.insert(small));
                assertThat(stuck(sources.changedPaths(access(), sha, other))).contains("more than 2000 paths differ");
            }
        }

        @Test
        void cannotNestForEver() throws IOException {
            String sha = shop.commit("deep", Map.of("deploy/" + "d/".repeat(12) + "a.yaml", "a"));

            assertThat(stuck(sources.read(access(), sha, ALL))).contains("more than 8 deep");
        }

        @Test
        void cannotSendMoreObjectsThanAllowed() {
            Map<String, String> many = new HashMap<>();
            for (int i = 0; i < 600; i++) {
                many.put("other/f" + i, String.valueOf(i));
            }
            String sha = shop.commit("many", many);

            assertThat(stuck(sources.read(access(), sha, ALL))).contains("it holds more than 500 objects");
        }

        @Test
        void cannotHoldHugeFiles() {
            String one = shop.commit("huge", Map.of("deploy/a.yaml", "x".repeat(10_001)));
            assertThat(stuck(sources.read(access(), one, ALL))).contains("a file may have 10000");

            Map<String, String> many = new HashMap<>();
            for (int i = 0; i < 9; i++) {
                many.put("deploy/a.yaml", "small");
                many.put("deploy/b" + i + ".yaml", i + "x".repeat(9000));
            }
            assertThat(stuck(sources.read(access(), shop.commit("sum", many), ALL)))
                    .contains("bytes of manifests");

            Map<String, String> tiny = new HashMap<>();
            for (int i = 0; i < 101; i++) {
                tiny.put("other/t" + i + ".yaml", "t");
            }
            Selection other = new Selection("other", true, List.of(), List.of());
            assertThat(stuck(sources.read(access(), shop.commit("many", tiny), other)))
                    .contains("more than 100 manifest");
        }
    }

    @Nested
    class Faults {
        @ParameterizedTest
        @ValueSource(ints = {500, 502, 503, 429})
        void ofTheServerAreWaitedFor(int status) {
            String sha = shop.commit("one", Map.of("deploy/a.yaml", "a"));
            shop.traffic().failAll(GitRequest.FETCH_REFS, Fault.refuse(status));
            assertThat(waiting(sources.resolve(access(), "main"))).contains(String.valueOf(status));

            shop.traffic().heal();
            assertThat(found(sources.resolve(access(), "main")).sha()).isEqualTo(sha);
        }

        @Test
        void inTheMiddleOfAFetchAreWaitedFor() {
            String sha = shop.commit("one", Map.of("deploy/a.yaml", "a"));
            shop.traffic().failAll(GitRequest.FETCH, new Fault.ActThenDrop());
            waiting(sources.resolve(access(), "main"));

            shop.traffic().heal();
            assertThat(paths(sources.read(access(), sha, ALL))).containsExactly("deploy/a.yaml");
        }

        @Test
        void ofSilenceEnd() {
            shop.commit("one", Map.of("deploy/a.yaml", "a"));
            shop.traffic().failAll(GitRequest.FETCH_REFS, new Fault.Silence());

            assertThat(waiting(sources.resolve(access(), "main"))).contains("silent for too long");
        }

        @Test
        void ofAServerThatIsGoneAreWaitedFor() {
            shop.commit("one", Map.of("deploy/a.yaml", "a"));
            server.close();

            assertThat(waiting(sources.resolve(access(), "main"))).contains("does not answer");
        }

        @Test
        void ofAnUnknownRepositoryNeedAPerson() {
            RepositoryAccess unknown = new RepositoryAccess(server.uri() + "/acme/none.git", null);

            assertThat(stuck(sources.resolve(unknown, "main"))).contains("is no repository");
        }

        @Test
        void ofTheCopyHereAreHealed() throws IOException {
            String sha = shop.commit("one", Map.of("deploy/a.yaml", "a"));
            sources.read(access(), sha, ALL);
            damage(".pack");

            assertThat(paths(newSources().read(access(), sha, ALL))).containsExactly("deploy/a.yaml");
        }

        @Test
        void ofHalfACopyAreHealed() throws IOException {
            String sha = shop.commit("one", Map.of("deploy/a.yaml", "a"));
            sources.read(access(), sha, ALL);
            try (Stream<Path> mirrors = Files.list(directory.resolve("mirrors"))) {
                Files.delete(mirrors.findFirst().orElseThrow().resolve("HEAD"));
            }

            assertThat(paths(newSources().read(access(), sha, ALL))).containsExactly("deploy/a.yaml");
        }

        @Test
        void ofAKilledProcessLeaveNoLocks() throws IOException {
            String first = shop.commit("one", Map.of("deploy/a.yaml", "a"));
            sources.read(access(), first, ALL);
            List<Path> refs = new ArrayList<>();
            try (Stream<Path> files = Files.walk(directory.resolve("mirrors"))) {
                files.filter(Files::isRegularFile)
                        .filter(file -> file.toString().contains("refs/seen/"))
                        .forEach(refs::add);
            }
            for (Path ref : refs) {
                Files.createFile(ref.resolveSibling(ref.getFileName() + ".lock"));
            }
            String second = shop.commit("two", Map.of("deploy/a.yaml", "b"));

            assertThat(found(newSources().resolve(access(), "main")).sha()).isEqualTo(second);
            assertThat(refs)
                    .isNotEmpty()
                    .allSatisfy(ref -> assertThat(ref.resolveSibling(ref.getFileName() + ".lock"))
                            .doesNotExist());
        }

        private void damage(String suffix) throws IOException {
            List<Path> packs;
            try (Stream<Path> files = Files.walk(directory.resolve("mirrors"))) {
                packs = files.filter(file -> file.toString().endsWith(suffix)).toList();
            }
            assertThat(packs).isNotEmpty();
            for (Path pack : packs) {
                byte[] bytes = Files.readAllBytes(pack);
                for (int at = 12; at < bytes.length; at++) {
                    bytes[at] = (byte) ~bytes[at];
                }
                Files.delete(pack);
                Files.write(pack, bytes);
            }
        }
    }

    @Nested
    class Credentials {
        @Test
        void openAPrivateRepository() {
            shop.requireAccount("tiphys", "s3cret");
            String sha = shop.commit("one", Map.of("deploy/a.yaml", "a"));
            RepositoryAccess right =
                    new RepositoryAccess(shop.url(), new RepositoryAccess.Credentials.Password("tiphys", "s3cret"));

            assertThat(found(sources.resolve(right, "main")).sha()).isEqualTo(sha);
        }

        @Test
        void thatAreWrongOrMissingNeedAPersonAndAreNotShown() {
            shop.requireAccount("tiphys", "s3cret");
            shop.commit("one", Map.of("deploy/a.yaml", "a"));
            RepositoryAccess wrong =
                    new RepositoryAccess(shop.url(), new RepositoryAccess.Credentials.Password("tiphys", "wr0ng"));

            assertThat(stuck(sources.resolve(wrong, "main")))
                    .contains("check the repository's credentials")
                    .doesNotContain("wr0ng");
            assertThat(stuck(sources.resolve(access(), "main"))).contains("check the repository's credentials");
            assertThat(wrong.toString()).doesNotContain("wr0ng");
        }
    }
}
