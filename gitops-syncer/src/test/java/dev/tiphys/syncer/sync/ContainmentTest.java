package dev.tiphys.syncer.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tiphys.contracts.event.GitChange;
import dev.tiphys.contracts.sync.ApplicationStatus.Condition;
import dev.tiphys.contracts.sync.SyncFact.Outcome;
import dev.tiphys.contracts.sync.SyncFact.SyncFinished;
import dev.tiphys.contracts.sync.SyncFact.SyncWaiting;
import dev.tiphys.syncer.source.Answer;
import dev.tiphys.syncer.source.Contents;
import dev.tiphys.syncer.source.RepositoryAccess;
import dev.tiphys.syncer.source.Resolved;
import dev.tiphys.syncer.source.Selection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An error of ours, of whatever kind, is seen, and ends no application: neither the one that met it nor another. */
class ContainmentTest implements StraightHistory {
    private static final String COMMIT = "c".repeat(40);
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Instant BEGIN = Instant.parse("2026-01-01T12:00:00Z");

    private final SyncerWithoutCluster syncer = new SyncerWithoutCluster(BEGIN, this);
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
        syncer.close();
    }

    @ParameterizedTest
    @MethodSource("errors")
    void isShownAtTheApplicationThatMeetsItAndGoneWhenItIs(Runnable error) {
        resolving = error;

        syncer.define(Samples.application("shop"), Samples.application("blog"));

        await().atMost(SOON).untilAsserted(() -> assertThat(conditions("shop")).containsExactly("UnknownError"));
        assertThat(syncer.errors()).isNotEmpty();
        await().atMost(SOON).untilAsserted(() -> assertThat(conditions("blog")).containsExactly("InvalidSpecError"));

        resolving = () -> {};
        syncer.lookAt(BEGIN.plusSeconds(6), "shop");

        await().atMost(SOON).untilAsserted(() -> assertThat(conditions("shop")).containsExactly("InvalidSpecError"));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void isWhatASyncWaitsForAndTheSyncGoesOn(Runnable error) {
        reading = error;
        syncer.define(Samples.application("shop"));

        syncer.applications().handle("shop", Samples.request("shop", COMMIT, 1, BEGIN.plusSeconds(60)));

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(syncer.store().facts(SyncWaiting.class))
                        .anyMatch(fact -> fact.waiting().reason().equals("syncer")));

        reading = () -> {};
        syncer.lookAt(BEGIN.plusSeconds(6), "shop");

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(syncer.store().facts(SyncFinished.class))
                        .anyMatch(fact -> fact.outcome() == Outcome.STUCK));
    }

    @Test
    void ofAPushThatCannotBeLookedIntoLeadsToAQuestion() {
        syncer.define(Samples.application("shop"));
        await().atMost(SOON).until(() -> questions.get() > 0);
        int before = questions.get();
        comparing = () -> {
            throw new StackOverflowError();
        };

        syncer.applications().pushed(push());

        await().atMost(SOON).until(() -> questions.get() > before);
    }

    private List<String> conditions(String application) {
        return syncer.store().status(application).stream()
                .flatMap(status -> status.conditions().stream())
                .map(Condition::type)
                .toList();
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

    /** Only "shop" meets the error. */
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
}
