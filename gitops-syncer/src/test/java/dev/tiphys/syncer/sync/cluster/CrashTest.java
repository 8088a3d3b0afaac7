package dev.tiphys.syncer.sync.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import dev.tiphys.contracts.sync.SyncFact.Outcome;
import dev.tiphys.contracts.sync.SyncFact.SyncFinished;
import dev.tiphys.contracts.sync.SyncFact.SyncWaiting;
import dev.tiphys.sandbox.SandboxCluster;
import dev.tiphys.syncer.source.Answer;
import dev.tiphys.syncer.source.Contents;
import dev.tiphys.syncer.source.RepositoryAccess;
import dev.tiphys.syncer.source.Resolved;
import dev.tiphys.syncer.source.Selection;
import dev.tiphys.syncer.sync.ApplicationStore.StoreUnavailable;
import dev.tiphys.syncer.sync.Catalog;
import dev.tiphys.syncer.sync.InMemoryApplications;
import dev.tiphys.syncer.sync.Samples;
import dev.tiphys.syncer.sync.StageName;
import dev.tiphys.syncer.sync.StraightHistory;
import dev.tiphys.syncer.sync.SyncInput;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A syncer that dies anywhere, and the next one. Processes end here by losing the store; what they remembered stays. */
@Tag("real")
class CrashTest {
    private static final String COMMIT = "c".repeat(40);
    private static final String NEWER = "d".repeat(40);
    private static final Duration SOON = Duration.ofSeconds(15);

    @TempDir
    private Path directory;

    private final InMemoryApplications store = new InMemoryApplications();
    private SandboxCluster sandbox;

    @BeforeEach
    void start() throws IOException {
        sandbox = SandboxCluster.start(directory, 0);
    }

    @AfterEach
    void stop() {
        sandbox.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7})
    void goesOnWhereItDiedAndTellsTheEndOnce(int changesBeforeDeath) {
        try (Syncer first = syncer()) {
            store.awayAfter(changesBeforeDeath);
            try {
                first.applications().redefine(catalog());
                first.applications().handle("shop", command());
            } catch (StoreUnavailable e) {
                assertThat(store.facts()).isEmpty();
            }
            await().atMost(SOON).until(() -> first.errors() > 0 || !finished().isEmpty());
        }

        store.awayAfter(Integer.MAX_VALUE);
        try (Syncer second = syncer()) {
            second.applications().redefine(catalog());
            second.applications().resume();
            second.applications().handle("shop", command()); // the log delivers it again

            await().atMost(SOON).until(() -> !finished().isEmpty());
            assertThat(finished()).singleElement().satisfies(end -> {
                assertThat(end.outcome()).isEqualTo(Outcome.SUCCEEDED);
                assertThat(end.changes().pruned()).isZero();
            });
            assertThat(store.owned("shop")).hasSize(2);
        }
    }

    @Test
    void aClusterThatIsAwayIsWaitedFor() throws IOException {
        int port = sandbox.port();
        try (Syncer life = syncer()) {
            life.applications().redefine(catalog());
            sandbox.close();
            life.applications().handle("shop", command());
            await().atMost(SOON).until(() -> !store.facts(SyncWaiting.class).isEmpty());

            sandbox = SandboxCluster.start(directory, port);

            await().atMost(SOON.multipliedBy(2)).until(() -> !finished().isEmpty());
            assertThat(finished().getFirst().outcome()).isEqualTo(Outcome.SUCCEEDED);
        }
    }

    @Test
    void aProcessWhoseSyncAnotherReplacedMeanwhileWritesNothingMore() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch replaced = new CountDownLatch(1);
        store.beforeOwning(() -> {
            store.beforeOwning(() -> {});
            begun.countDown();
            assertThatCode(() -> replaced.await(30, TimeUnit.SECONDS)).doesNotThrowAnyException();
        });
        try (Syncer slow = syncer();
                Syncer other = syncer()) {
            slow.applications().redefine(catalog());
            slow.applications().handle("shop", command(COMMIT, 1));
            assertThat(begun.await(15, TimeUnit.SECONDS)).isTrue();
            other.applications().redefine(catalog());
            other.applications().handle("shop", command(NEWER, 2));
            await().atMost(SOON).until(() -> finished().size() == 2);
            assertThat(content("one")).isEqualTo(NEWER);

            replaced.countDown();

            await().atMost(SOON).until(() -> slow.stages().contains(StageName.APPLY));
            assertThat(content("one")).isEqualTo(NEWER);
            assertThat(finished())
                    .extracting(SyncFinished::outcome)
                    .containsExactly(Outcome.WITHDRAWN, Outcome.SUCCEEDED);
        }
    }

    private Syncer syncer() {
        return new Syncer(sandbox, store, new TwoMaps());
    }

    private String content(String map) {
        try (KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(sandbox.kubeconfig().toFile()))
                .build()) {
            return client.configMaps()
                    .inNamespace("shop")
                    .withName(map)
                    .get()
                    .getData()
                    .get("a");
        }
    }

    private List<SyncFinished> finished() {
        return store.facts(SyncFinished.class);
    }

    private static SyncInput command() {
        return command(COMMIT, 1);
    }

    private static SyncInput command(String commit, int fence) {
        return Samples.request("shop", commit, fence, Instant.now().plusSeconds(60));
    }

    private static Catalog catalog() {
        return Catalog.of(1, List.of(Samples.application("shop")), List.of(), Set.of());
    }

    /** A repository in which each commit has two ConfigMaps that name it. */
    private static final class TwoMaps implements StraightHistory {
        @Override
        public Answer<Resolved> resolve(RepositoryAccess access, String targetRevision) {
            return new Answer.Found<>(
                    new Resolved(targetRevision.equals("main") ? COMMIT : targetRevision, "refs/heads/main"));
        }

        @Override
        public Answer<Contents> read(RepositoryAccess access, String sha, Selection selection) {
            return new Answer.Found<>(new Contents(
                    sha,
                    selection,
                    List.of(Syncer.configMap("deploy", "one", sha), Syncer.configMap("deploy", "two", sha))));
        }
    }
}
