package dev.tiphys.syncer.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.definition.Application;
import dev.tiphys.contracts.definition.DefinitionKey;
import dev.tiphys.contracts.sync.DeployedBy;
import dev.tiphys.contracts.sync.SyncCommand.SyncRequested;
import dev.tiphys.contracts.sync.SyncFact.Outcome;
import dev.tiphys.contracts.sync.SyncFact.SyncFinished;
import dev.tiphys.contracts.sync.SyncFact.SyncStarted;
import dev.tiphys.contracts.sync.SyncFact.SyncWaiting;
import dev.tiphys.syncer.source.Answer;
import dev.tiphys.syncer.source.Contents;
import dev.tiphys.syncer.source.ManifestParser;
import dev.tiphys.syncer.source.Manifests;
import dev.tiphys.syncer.source.RepositoryAccess;
import dev.tiphys.syncer.source.Resolved;
import dev.tiphys.syncer.source.Selection;
import dev.tiphys.syncer.source.Sources;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A sync to a commit that the Git server does not have, or not yet. */
class AbsentCommitTest implements Telemetry, Clusters, Sources {
    private static final String COMMIT = "c".repeat(40);
    private static final String WHY = "https://git.example.com/acme/shop.git has no commit " + COMMIT;
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Instant BEGIN = Instant.parse("2026-01-01T12:00:00Z");

    private final InMemoryApplications store = new InMemoryApplications();
    private final AtomicReference<Instant> now = new AtomicReference<>(BEGIN);
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Applications applications = new Applications(new Surroundings(
            store,
            this,
            new Manifests(_ -> new ManifestParser.Parsed(List.of(), List.of())),
            url -> new RepositoryAccess(url, null),
            this,
            this,
            now::get,
            new Bell(),
            workers,
            timer,
            Duration.ofMinutes(3)));
    private volatile Answer<Resolved> answer = new Answer.Absent<>(WHY);

    @BeforeEach
    void start() {
        applications.redefine(Catalog.of(1, List.of(application()), List.of(), Set.of()));
    }

    @AfterEach
    void stop() {
        timer.shutdownNow();
        workers.shutdownNow();
    }

    @Test
    void waitsForItVisibly() {
        request(Duration.ofMinutes(10));

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(waits().findFirst()).hasValueSatisfying(fact -> {
                    assertThat(fact.waiting().reason()).isEqualTo("git");
                    assertThat(fact.waiting().unblock()).contains(WHY, "2026-01-01T12:02:00Z");
                }));
        assertThat(ends()).isEmpty();
    }

    @Test
    void goesOnWhenItComesWithinTwoMinutes() {
        request(Duration.ofMinutes(10));
        askAgainAt(BEGIN.plusSeconds(119));
        assertThat(ends()).isEmpty();

        answer = new Answer.Found<>(new Resolved(COMMIT, COMMIT));
        now.set(BEGIN.plusSeconds(125));
        applications.liveChanged("shop");

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(facts(SyncStarted.class))
                        .singleElement()
                        .satisfies(fact -> assertThat(fact.revision()).isEqualTo(COMMIT)));
    }

    @Test
    void isStuckWhenItDidNotComeWithinTwoMinutes() {
        request(Duration.ofMinutes(10));
        await().atMost(SOON).until(() -> waits().count() > 0);

        now.set(BEGIN.plusSeconds(120));
        applications.liveChanged("shop");

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(ends()).singleElement().satisfies(end -> {
                    assertThat(end.outcome()).isEqualTo(Outcome.STUCK);
                    assertThat(end.message()).isEqualTo(WHY);
                }));
    }

    @Test
    void isStuckForTheCommitEvenIfItsOwnDeadlineComesFirst() {
        request(Duration.ofSeconds(30));
        await().atMost(SOON).until(() -> waits().count() > 0);

        now.set(BEGIN.plusSeconds(30));
        applications.liveChanged("shop");

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(ends()).singleElement().satisfies(end -> {
                    assertThat(end.outcome()).isEqualTo(Outcome.STUCK);
                    assertThat(end.message()).isEqualTo(WHY);
                }));
    }

    /** Returns when the question was asked at that moment and its answer is known to have been taken in. */
    private void askAgainAt(Instant moment) {
        await().atMost(SOON).until(() -> waits().count() > 0);
        now.set(moment);
        long before = waits().count();
        applications.liveChanged("shop");
        await().atMost(SOON).until(() -> waits().count() > before || !ends().isEmpty());
    }

    private void request(Duration patience) {
        DeployedBy by = new DeployedBy("run", "delivery", "deploy", 1, 1);
        applications.handle(
                "shop",
                new SyncInput.Requested(
                        new SyncRequested("shop", COMMIT, by, now.get().plus(patience)), Causality.NONE));
    }

    private Stream<SyncWaiting> waits() {
        return facts(SyncWaiting.class).stream();
    }

    private List<SyncFinished> ends() {
        return facts(SyncFinished.class);
    }

    private <T> List<T> facts(Class<T> type) {
        return store.facts().stream()
                .map(Decision.Told::fact)
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    private static Application application() {
        return new Application(
                new DefinitionKey("Application", "argocd", "shop"),
                "default",
                new Application.Source(
                        "https://git.example.com/acme/shop.git", "deploy", "main", false, List.of(), List.of()),
                new Application.Destination(Clusters.GIVEN, "shop"),
                null,
                Set.of(),
                10);
    }

    // Git, of which only the branch is always known.

    @Override
    public Answer<Resolved> resolve(RepositoryAccess access, String targetRevision) {
        return targetRevision.equals("main")
                ? new Answer.Found<>(new Resolved("b".repeat(40), "refs/heads/main"))
                : answer;
    }

    @Override
    public Answer<Contents> read(RepositoryAccess access, String sha, Selection selection) {
        return new Answer.Found<>(new Contents(sha, selection, List.of()));
    }

    @Override
    public Answer<List<String>> changedPaths(RepositoryAccess access, String from, String to) {
        return new Answer.Found<>(List.of());
    }

    @Override
    public Answer<Boolean> isAncestor(RepositoryAccess access, String ancestor, String descendant) {
        return new Answer.Found<>(true);
    }

    // No cluster.

    @Override
    public Optional<Cluster> at(String server) {
        return Optional.empty();
    }

    @Override
    public void onChange(Consumer<String> listener) {}

    // What is counted is not looked at.

    @Override
    public void unexpected(String application, Throwable error) {}

    @Override
    public void refreshed(String application, String cause) {}

    @Override
    public void ended(String application, Outcome outcome, Duration took) {}

    @Override
    public void worked(StageName stage, Duration took) {}

    @Override
    public void refused(String application, Decision.Refusal refusal) {}
}
