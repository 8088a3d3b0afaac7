package dev.tiphys.engine.trigger.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.definition.Definition;
import dev.tiphys.contracts.definition.DefinitionReader;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.contracts.event.GitChange;
import dev.tiphys.engine.run.Charters;
import dev.tiphys.engine.run.Decision;
import dev.tiphys.engine.run.Libraries;
import dev.tiphys.engine.run.Library;
import dev.tiphys.engine.run.Run;
import dev.tiphys.engine.run.RunEvent;
import dev.tiphys.engine.run.RunInput;
import dev.tiphys.engine.run.RunWorld;
import dev.tiphys.engine.run.Runs;
import dev.tiphys.engine.trigger.Arrivals;
import dev.tiphys.engine.trigger.ChangedPaths;
import dev.tiphys.engine.trigger.EventLog;
import dev.tiphys.engine.trigger.Ruling;
import dev.tiphys.engine.trigger.TriggerRules;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class UndecidedTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Library LIBRARY = library();

    private static Library library() {
        DefinitionReader.Reading reading = DefinitionReader.read("test.yaml", """
                apiVersion: tiphys.dev/v1
                kind: Repository
                metadata: {name: hanging}
                spec: {url: https://github.com/acme/hanging.git, provider: github}
                ---
                apiVersion: tiphys.dev/v1
                kind: Repository
                metadata: {name: other}
                spec: {url: https://github.com/acme/other.git, provider: github}
                ---
                apiVersion: tiphys.dev/v1
                kind: Pipeline
                metadata: {name: p}
                spec:
                  on:
                    - push: {repository: hanging, branches: [main], paths: ["deploy/**"]}
                    - push: {repository: other, branches: [main], paths: ["deploy/**"]}
                  steps: [{name: w, wait: {duration: 1s}}]
                """);
        List<Definition> definitions = reading.documents().stream()
                .map(DefinitionReader.Document::definition)
                .toList();
        return RunWorld.library(definitions);
    }

    /** Remembers events in memory, and gives out one of each repository at a time. */
    private static final class MemoryEvents implements EventLog {
        private final Map<String, CloudEvent<ExternalEvent>> due = new LinkedHashMap<>();
        private final List<String> decided = new ArrayList<>();
        private final List<Ruling> sure = new ArrayList<>();
        private final List<Ruling> unsure = new ArrayList<>();

        @Override
        public synchronized boolean isDecided(String event) {
            return decided.contains(event);
        }

        @Override
        public synchronized void decided(CloudEvent<ExternalEvent> event, List<Ruling> rulings, Instant at) {
            decided.add(event.id());
            sure.addAll(rulings);
        }

        @Override
        public synchronized void undecided(
                CloudEvent<ExternalEvent> event, List<Ruling> rulings, int attempts, Instant again) {
            due.put(event.id(), event);
            unsure.addAll(rulings);
        }

        @Override
        public synchronized List<Pending> take(Instant now, Instant taken, int limit, Collection<String> busy) {
            Set<String> left = new HashSet<>(busy);
            List<Pending> found = new ArrayList<>();
            for (CloudEvent<ExternalEvent> event : due.values()) {
                if (found.size() < limit && left.add(event.data().endpoint())) {
                    found.add(new Pending(event, 0, null));
                }
            }
            found.forEach(pending -> due.remove(pending.event().id()));
            return found;
        }

        synchronized List<Ruling> unsure() {
            return List.copyOf(unsure);
        }

        synchronized List<String> decidedSoFar() {
            return List.copyOf(decided);
        }
    }

    private static final class NoRuns implements Runs {
        @Override
        public CompletableFuture<Decision> handle(String run, RunInput input, @Nullable Action action) {
            throw new AssertionError("no changed path starts anything");
        }

        @Override
        public CompletableFuture<Decision> fired(String run, String key, RunInput input) {
            return handle(run, input);
        }

        @Override
        public Optional<Run.Present> find(String run) {
            return Optional.empty();
        }

        @Override
        public Optional<String> startedBy(String pipeline, String triggerKey) {
            return Optional.empty();
        }

        @Override
        public List<RunEvent> facts(String run) {
            return List.of();
        }
    }

    private static final class SameLibrary implements Libraries {
        @Override
        public Library now() {
            return LIBRARY;
        }

        @Override
        public Library atLeast(@Nullable Long version, Duration patience) {
            return LIBRARY;
        }
    }

    private final CountDownLatch answer = new CountDownLatch(1);
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicBoolean breaks = new AtomicBoolean();
    private final AtomicReference<ChangedPaths.PathsUnknown> failure = new AtomicReference<>();
    private final ChangedPaths paths = (repository, _, _, _) -> {
        if (failure.get() != null) {
            throw failure.get();
        }
        if (breaks.getAndSet(false)) {
            throw new StackOverflowError("on demand");
        }
        if (repository.name().equals("hanging")) {
            asked.incrementAndGet();
            try {
                answer.await();
            } catch (InterruptedException e) {
                throw new ChangedPaths.PathsUnknown("the test ends", e);
            }
        }
        return List.of("README.md");
    };
    private final MemoryEvents events = new MemoryEvents();
    private final Arrivals arrivals = new Arrivals(
            events,
            new NoRuns(),
            new Charters(new RunWorld.SimpleExpressions()),
            new TriggerRules(new RunWorld.SimpleExpressions()),
            paths,
            Clock.systemUTC());
    private final Undecided undecided = new Undecided(events, arrivals, new SameLibrary(), Clock.systemUTC());

    @AfterEach
    void stop() {
        undecided.stop(null);
    }

    private static CloudEvent<ExternalEvent> push(String id, String repository) {
        GitChange git = new GitChange(
                "github",
                repository,
                "acme/" + repository,
                "https://github.com/acme/" + repository + ".git",
                "refs/heads/main",
                "main",
                null,
                "1234567890123456789012345678901234567890",
                null,
                null,
                null,
                null,
                null,
                false);
        return new CloudEvent<>(
                id,
                "/test",
                null,
                Instant.EPOCH,
                Causality.NONE,
                new ExternalEvent(
                        repository, "push", id, git, Map.of(), Json.mapper().createObjectNode()));
    }

    @Test
    void aRepositoryThatHangsHoldsUpOnlyItsOwnEvents() {
        for (int i = 0; i < 100; i++) {
            events.undecided(push("hanging-" + i, "hanging"), List.of(), 0, Instant.EPOCH);
        }
        for (int i = 0; i < 3; i++) {
            events.undecided(push("other-" + i, "other"), List.of(), 0, Instant.EPOCH);
        }

        undecided.start(null);

        await().atMost(PATIENCE).until(() -> events.decidedSoFar().size() == 3);
        assertThat(events.decidedSoFar()).containsExactly("other-0", "other-1", "other-2");
        assertThat(asked).hasValue(1);
        answer.countDown();
        await().atMost(PATIENCE).until(() -> events.decidedSoFar().size() == 103);
    }

    @Test
    void aDecisionThatBreaksIsShownAndTriedAgain() {
        breaks.set(true);
        events.undecided(push("other-1", "other"), List.of(), 0, Instant.EPOCH);

        undecided.start(null);

        await().atMost(PATIENCE).until(() -> events.decidedSoFar().equals(List.of("other-1")));
        assertThat(events.unsure())
                .extracting(Ruling::met)
                .containsExactly("it broke at try 1, tried again: StackOverflowError: on demand");
    }

    @Test
    void aCommitThatIsStillMissingAfterEightTriesWasForcedAwayAndStartsNothing() {
        failure.set(new ChangedPaths.NoSuchCommit("repository other has no commit 1234 in its branches and tags"));

        arrivals.retry(new EventLog.Pending(push("early", "other"), 6, null), LIBRARY);

        assertThat(events.decidedSoFar()).isEmpty();
        assertThat(events.unsure())
                .extracting(Ruling::met)
                .containsExactly("unknown after 7 tries, tried again: repository other has no commit 1234 in its"
                        + " branches and tags");

        arrivals.retry(new EventLog.Pending(push("late", "other"), 7, null), LIBRARY);

        assertThat(events.decidedSoFar()).containsExactly("late");
        assertThat(events.sure)
                .containsExactly(new Ruling(
                        "p",
                        false,
                        null,
                        "paths",
                        "the changed paths",
                        "repository other has no commit 1234 in its branches and tags; it was forced away"));
    }

    @Test
    void aRepositoryThatDoesNotAnswerIsAskedAgainHoweverOften() {
        failure.set(new ChangedPaths.PathsUnknown("repository other does not tell"));

        arrivals.retry(new EventLog.Pending(push("waits", "other"), 1_000, null), LIBRARY);

        assertThat(events.decidedSoFar()).isEmpty();
        assertThat(events.unsure())
                .extracting(Ruling::met)
                .containsExactly("unknown after 1001 tries, tried again: repository other does not tell");
    }
}
