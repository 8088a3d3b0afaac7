package dev.tiphys.syncer.sync.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tiphys.contracts.definition.Application;
import dev.tiphys.contracts.sync.SyncFact.Outcome;
import dev.tiphys.contracts.sync.SyncFact.SyncFinished;
import dev.tiphys.contracts.sync.SyncStatus;
import dev.tiphys.sandbox.SandboxCluster;
import dev.tiphys.syncer.plan.Tracking;
import dev.tiphys.syncer.source.Answer;
import dev.tiphys.syncer.source.Contents;
import dev.tiphys.syncer.source.ObjectRef;
import dev.tiphys.syncer.source.RepositoryAccess;
import dev.tiphys.syncer.source.Resolved;
import dev.tiphys.syncer.source.Selection;
import dev.tiphys.syncer.sync.Catalog;
import dev.tiphys.syncer.sync.InMemoryApplications;
import dev.tiphys.syncer.sync.Samples;
import dev.tiphys.syncer.sync.StraightHistory;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an application may delete: what it applied and what still says so, wherever that is remembered. */
@Tag("real")
class OwnershipTest {
    private static final String FIRST = "a".repeat(40);
    private static final String SECOND = "b".repeat(40);
    private static final Duration SOON = Duration.ofSeconds(15);

    @TempDir
    private Path directory;

    private final Git git = new Git();
    private InMemoryApplications store = new InMemoryApplications();
    private SandboxCluster sandbox;
    private KubernetesClient cluster;
    private Syncer syncer;
    private int definitions;
    private int fence;

    @BeforeEach
    void start() throws IOException {
        sandbox = SandboxCluster.start(directory, 0);
        cluster = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(sandbox.kubeconfig().toFile()))
                .build();
        syncer = new Syncer(sandbox, store, git);
    }

    @AfterEach
    void stop() {
        syncer.close();
        cluster.close();
        sandbox.close();
    }

    @Nested
    class AnObjectThatMovedToAnotherApplication {
        @BeforeEach
        void move() {
            git.commit("shop", FIRST, "one", "two");
            git.commit("shop", SECOND, "one");
            git.commit("blog", SECOND, "two");
            define(Set.of("shop"), application("shop", null), application("blog", null));
            sync("shop", FIRST);
            sync("blog", SECOND);
        }

        @Test
        void isNoLongerCountedByTheFormerOne() {
            sync("shop", SECOND);

            await().atMost(SOON).until(() -> owned("shop").equals(Set.of("one")));
            assertThat(owned("blog")).containsExactly("two");
            await().atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(store.status("shop").orElseThrow().resources())
                                    .extracting(resource -> resource.name())
                                    .containsExactly("one"));
        }

        @Test
        void staysWhenTheFormerOneGoesWithAllItsObjects() {
            remove("shop", application("blog", null));

            assertThat(map("one")).isNull();
            assertThat(map("two")).isNotNull();
            assertThat(map("two").getMetadata().getDeletionTimestamp()).isNull();
        }
    }

    @Test
    void anObjectThatAnotherObjectOwnsIsLeftToThatOne() {
        git.commit("shop", FIRST, "one", "two");
        define(Set.of("shop"), application("shop", null));
        sync("shop", FIRST);
        ConfigMap owner = cluster.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace("shop")
                        .withName("owner")
                        .endMetadata()
                        .build())
                .create();
        cluster.configMaps()
                .inNamespace("shop")
                .withName("two")
                .edit(map -> new ConfigMapBuilder(map)
                        .editMetadata()
                        .addNewOwnerReference()
                        .withApiVersion("v1")
                        .withKind("ConfigMap")
                        .withName("owner")
                        .withUid(owner.getMetadata().getUid())
                        .endOwnerReference()
                        .endMetadata()
                        .build());

        remove("shop");

        assertThat(map("one")).isNull();
        assertThat(map("two")).isNotNull();
    }

    @Nested
    class ObjectsOfWhichTheMemoryWasLost {
        @BeforeEach
        void lose() {
            git.commit("shop", FIRST, "one", "two");
            git.commit("shop", SECOND, "one");
            define(Set.of(), application("shop", null));
            sync("shop", FIRST);
            syncer.close();
            store = new InMemoryApplications();
            syncer = new Syncer(sandbox, store, git);
        }

        @Test
        void arePrunedAfterASyncThatFoundThemUnchanged() {
            git.readOnceEach();
            define(Set.of(), application("shop", null));
            sync("shop", FIRST);
            assertThat(ends().getLast().changes().unchanged()).isEqualTo(2);

            sync("shop", SECOND);

            assertThat(ends().getLast().changes().pruned()).isEqualTo(1);
            await().atMost(SOON).until(() -> map("two") == null);
        }

        @Test
        void arePrunedAfterAComparisonThatFoundNothingToDo() {
            git.main = FIRST;
            define(Set.of(), application("shop", new Application.Automated(true, true, false)));
            await().atMost(SOON)
                    .until(() -> store.status("shop")
                            .filter(status -> status.sync() == SyncStatus.SYNCED)
                            .isPresent());
            assertThat(owned("shop")).containsExactlyInAnyOrder("one", "two");
            assertThat(ends()).isEmpty();

            git.main = SECOND;
            define(Set.of(), application("shop", new Application.Automated(true, false, false)));

            await().atMost(SOON).until(() -> map("two") == null);
            assertThat(map("one")).isNotNull();
        }

        @Test
        void areNotTakenFromArgoCdByLooking() {
            cluster.configMaps().inNamespace("shop").withName("two").delete();
            cluster.resource(new ConfigMapBuilder()
                            .withNewMetadata()
                            .withNamespace("shop")
                            .withName("two")
                            .addToAnnotations(Tracking.ANNOTATION, "shop:/ConfigMap:shop/two")
                            .endMetadata()
                            .addToData("a", "value")
                            .build())
                    .create();
            git.main = FIRST;
            define(Set.of(), application("shop", null));

            await().atMost(SOON).until(() -> owned("shop").equals(Set.of("one")));
        }
    }

    private static Application application(String name, Application.@Nullable Automated automated) {
        return Samples.application(name, "shop", automated);
    }

    private void define(Set<String> cascading, Application... applications) {
        syncer.applications().redefine(Catalog.of(++definitions, List.of(applications), List.of(), cascading));
    }

    /** Removes an application that has the finalizer; the others stay. */
    private void remove(String application, Application... others) {
        await().atMost(SOON).until(() -> store.read(application).cascade());
        define(Set.of(), others);
        await().atMost(SOON).until(() -> !store.names().contains(application));
    }

    private void sync(String application, String commit) {
        int before = ends().size();
        syncer.applications()
                .handle(
                        application,
                        Samples.request(
                                application, commit, ++fence, Instant.now().plusSeconds(60)));
        await().atMost(SOON).until(() -> ends().size() > before);
        assertThat(ends().getLast().outcome()).isEqualTo(Outcome.SUCCEEDED);
    }

    private List<SyncFinished> ends() {
        return store.facts(SyncFinished.class);
    }

    private Set<String> owned(String application) {
        return store.owned(application).stream().map(ObjectRef::name).collect(Collectors.toSet());
    }

    private @Nullable ConfigMap map(String name) {
        return cluster.configMaps().inNamespace("shop").withName(name).get();
    }

    /** Repositories of which each file has a ConfigMap. */
    private static final class Git implements StraightHistory {
        private final Map<String, List<String>> files = new ConcurrentHashMap<>();
        private final Set<String> read = ConcurrentHashMap.newKeySet();
        private volatile @Nullable String main;
        private volatile boolean onceEach;

        /** Whoever asks for the same again has to wait: a sync reads, and the comparison after it cannot. */
        void readOnceEach() {
            read.clear();
            onceEach = true;
        }

        void commit(String application, String commit, String... maps) {
            files.put(Samples.repository(application) + "@" + commit, List.of(maps));
        }

        @Override
        public Answer<Resolved> resolve(RepositoryAccess access, String targetRevision) {
            String commit = targetRevision.equals("main") ? main : targetRevision;
            return commit == null
                    ? new Answer.Waiting<>("nobody knows the branch")
                    : new Answer.Found<>(new Resolved(commit, "refs/heads/main"));
        }

        @Override
        public Answer<Contents> read(RepositoryAccess access, String sha, Selection selection) {
            String asked = access.url() + "@" + sha;
            if (!read.add(asked) && onceEach) {
                return new Answer.Waiting<>("it was read before");
            }
            return new Answer.Found<>(new Contents(
                    sha,
                    selection,
                    files.getOrDefault(asked, List.of()).stream()
                            .map(name -> Syncer.configMap(selection.path(), name, "value"))
                            .toList()));
        }
    }
}
