package dev.tiphys.syncer.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.definition.Application;
import dev.tiphys.contracts.definition.DefinitionKey;
import dev.tiphys.contracts.event.GitChange;
import dev.tiphys.contracts.sync.ApplicationStatus.Condition;
import dev.tiphys.contracts.sync.DeployedBy;
import dev.tiphys.contracts.sync.SyncCommand.SyncRequested;
import dev.tiphys.contracts.sync.SyncFact.Outcome;
import dev.tiphys.contracts.sync.SyncFact.SyncFinished;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An error of ours, of whatever kind, is seen, and ends no application: neither the one that met it nor another. */
class ContainmentTest implements Telemetry, Clusters, Sources {
    private static final String COMMIT = "c".repeat(40);
    private static final Duration SOON = Duration.ofSeconds(10);

    private final InMemoryApplications store = new InMemoryApplications();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T12:00:00Z"));
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
    private final List<Throwable> errors = new CopyOnWriteArrayList<>();
    private final AtomicInteger questions = new AtomicInteger();
    private volatile Runnable resolving = () -> {};
    private volatile Runnable reading = () -> {};
    private volatile Runnable comparing = () -> {};

    static Stream<Runnable> errors() {
        return Stream.of(
                () -> {
                    throw new StackOverflowError();
                },
                () -> {
                    throw new NoClassDefFoundError("a/library/Part");
                },
                () -> {
                    throw new IllegalStateException("a bug");
                });
    }

    @AfterEach
    void stop() {
        timer.shutdownNow();
        workers.shutdownNow();
    }

    @ParameterizedTest
    @MethodSource("errors")
    void isShownAtTheApplicationThatMeetsItAndGoneWhenItIs(Runnable error) {
        resolving = error;

        applications.redefine(Catalog.of(1, List.of(application("shop"), application("blog")), List.of(), Set.of()));

        await().atMost(SOON).untilAsserted(() -> assertThat(conditions("shop")).containsExactly("UnknownError"));
        assertThat(errors).isNotEmpty();
        await().atMost(SOON).untilAsserted(() -> assertThat(conditions("blog")).containsExactly("InvalidSpecError"));

        resolving = () -> {};
        now.updateAndGet(moment -> moment.plusSeconds(6));
        applications.liveChanged("shop");

        await().atMost(SOON).untilAsserted(() -> assertThat(conditions("shop")).containsExactly("InvalidSpecError"));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void isWhatASyncWaitsForAndTheSyncGoesOn(Runnable error) {
        reading = error;
        applications.redefine(Catalog.of(1, List.of(application("shop")), List.of(), Set.of()));

        applications.handle("shop", command());

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(store.facts())
                        .extracting(Decision.Told::fact)
                        .anyMatch(fact -> fact instanceof SyncWaiting waiting
                                && waiting.waiting().reason().equals("syncer")));

        reading = () -> {};
        now.updateAndGet(moment -> moment.plusSeconds(6));
        applications.liveChanged("shop");

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(store.facts())
                        .extracting(Decision.Told::fact)
                        .anyMatch(
                                fact -> fact instanceof SyncFinished finished && finished.outcome() == Outcome.STUCK));
    }

    @Test
    void ofAPushThatCannotBeLookedIntoLeadsToAQuestion() {
        applications.redefine(Catalog.of(1, List.of(application("shop")), List.of(), Set.of()));
        await().atMost(SOON).until(() -> questions.get() > 0);
        int before = questions.get();
        comparing = () -> {
            throw new StackOverflowError();
        };

        applications.pushed(push());

        await().atMost(SOON).until(() -> questions.get() > before);
    }

    private List<String> conditions(String application) {
        return store.status(application).stream()
                .flatMap(status -> status.conditions().stream())
                .map(Condition::type)
                .toList();
    }

    private SyncInput command() {
        DeployedBy by = new DeployedBy("run", "delivery", "deploy", 1, 1);
        return new SyncInput.Requested(
                new SyncRequested("shop", COMMIT, by, now.get().plusSeconds(60)), Causality.NONE);
    }

    private static GitChange push() {
        return new GitChange(
                "github",
                "shop",
                "acme/shop",
                "https://git.example.com/acme/shop.git",
                "refs/heads/main",
                "main",
                null,
                COMMIT,
                "b".repeat(40),
                null,
                "ada",
                "a change",
                null,
                false);
    }

    private static Application application(String name) {
        return new Application(
                new DefinitionKey("Application", "argocd", name),
                "default",
                new Application.Source(
                        "https://git.example.com/acme/" + name + ".git", "deploy", "main", false, List.of(), List.of()),
                new Application.Destination(Clusters.GIVEN, name),
                null,
                Set.of(),
                10);
    }

    // Git, in which only "shop" meets the error.

    @Override
    public Answer<Resolved> resolve(RepositoryAccess access, String targetRevision) {
        questions.incrementAndGet();
        if (access.url().contains("shop")) {
            resolving.run();
        }
        return new Answer.Found<>(new Resolved(COMMIT, "refs/heads/main"));
    }

    @Override
    public Answer<Contents> read(RepositoryAccess access, String sha, Selection selection) {
        reading.run();
        return new Answer.Found<>(new Contents(sha, selection, List.of()));
    }

    @Override
    public Answer<List<String>> changedPaths(RepositoryAccess access, String from, String to) {
        comparing.run();
        return new Answer.Found<>(List.of());
    }

    @Override
    public Answer<Boolean> isAncestor(RepositoryAccess access, String ancestor, String descendant) {
        return new Answer.Found<>(true);
    }

    // No cluster: every application ends with the same clear condition.

    @Override
    public Optional<Cluster> at(String server) {
        return Optional.empty();
    }

    @Override
    public void onChange(Consumer<String> listener) {}

    // What is counted.

    @Override
    public void unexpected(String application, Throwable error) {
        errors.add(error);
    }

    @Override
    public void refreshed(String application, String cause) {}

    @Override
    public void ended(String application, Outcome outcome, Duration took) {}

    @Override
    public void worked(StageName stage, Duration took) {}

    @Override
    public void refused(String application, Decision.Refusal refusal) {}
}
