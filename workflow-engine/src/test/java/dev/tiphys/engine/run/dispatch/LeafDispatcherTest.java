package dev.tiphys.engine.run.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.tiphys.contracts.definition.SecretRef;
import dev.tiphys.contracts.run.RunState;
import dev.tiphys.contracts.run.Wait;
import dev.tiphys.engine.run.Aftermath;
import dev.tiphys.engine.run.Charter;
import dev.tiphys.engine.run.Decision;
import dev.tiphys.engine.run.Incarnation;
import dev.tiphys.engine.run.Libraries;
import dev.tiphys.engine.run.Library;
import dev.tiphys.engine.run.Run;
import dev.tiphys.engine.run.RunEvent;
import dev.tiphys.engine.run.RunInput;
import dev.tiphys.engine.run.RunWorld;
import dev.tiphys.engine.run.Runs;
import dev.tiphys.engine.run.RunsUnavailable;
import dev.tiphys.engine.run.StepState;
import dev.tiphys.engine.run.store.TestStore;
import dev.tiphys.engine.work.LeafLedger;
import dev.tiphys.engine.work.LeafOutcome;
import dev.tiphys.engine.work.LeafWork;
import dev.tiphys.engine.work.LeafWorker;
import dev.tiphys.engine.work.LeaseLost;
import dev.tiphys.platform.secret.SecretsAway;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Work on a real database: from its offer to its outcome, and over to the next lease. The beat is struck by hand. */
@Tag("real")
@Timeout(60)
class LeafDispatcherTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Incarnation LIFE = new Incarnation("one", "1");
    private static final String ONE_STEP = "steps: [{name: a, http: {method: GET, url: http://a}}]";

    private interface Doing {
        LeafOutcome with(LeafWork work, LeafLedger ledger) throws LeaseLost, InterruptedException;
    }

    private static final LeafOutcome DONE = new LeafOutcome.Succeeded(Map.of("x", TextNode.valueOf("y")), null);

    private final List<LeafWork> performed = new CopyOnWriteArrayList<>();
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Queue<RuntimeException> failures = new ConcurrentLinkedQueue<>();
    private volatile Doing doing = (_, _) -> DONE;
    private TestStore store;
    private Runs runs;
    private LeafDispatcher dispatcher;

    @BeforeEach
    void open() throws Exception {
        store = TestStore.fresh();
        // The door tells the dispatcher, which needs the door.
        CompletableFuture<LeafDispatcher> later = new CompletableFuture<>();
        runs = new Failing(door(List.of((run, effects) -> later.join().after(run, effects))), failures);
        dispatcher = dispatcher(LIFE, runs, 10);
        later.complete(dispatcher);
    }

    @AfterEach
    void close() throws Exception {
        goOn.countDown();
        dispatcher.stop(null);
        for (AutoCloseable each : opened) {
            each.close();
        }
        store.source().close();
    }

    private Runs door(List<Aftermath> aftermath) {
        Runs door = store.door(LIFE, aftermath);
        opened.add((AutoCloseable) door);
        return door;
    }

    private LeafDispatcher dispatcher(Incarnation life, Runs door, int atOnce) {
        return new LeafDispatcher(
                store.leaseBook(), door, new NoLibraries(), life, Clock.systemUTC(), List.of(new Worker()), atOnce);
    }

    private final class Worker implements LeafWorker {
        @Override
        public String kind() {
            return "http";
        }

        @Override
        public LeafOutcome perform(LeafWork work, LeafWork.Lookup definitions, LeafLedger ledger)
                throws LeaseLost, InterruptedException {
            performed.add(work);
            return doing.with(work, ledger);
        }
    }

    /** The real door, which breaks reports of outcomes while there are failures left. */
    private record Failing(Runs door, Queue<RuntimeException> failures) implements Runs {
        @Override
        public CompletableFuture<Decision> handle(String run, RunInput input, @Nullable Action action) {
            RuntimeException failure = input instanceof RunInput.LeafReported ? failures.poll() : null;
            return failure == null ? door.handle(run, input, action) : CompletableFuture.failedFuture(failure);
        }

        @Override
        public CompletableFuture<Decision> fired(String run, String key, RunInput input) {
            return door.fired(run, key, input);
        }

        @Override
        public Optional<Run.Present> find(String run) {
            return door.find(run);
        }

        @Override
        public Optional<String> startedBy(String pipeline, String triggerKey) {
            return door.startedBy(pipeline, triggerKey);
        }

        @Override
        public List<RunEvent> facts(String run) {
            return door.facts(run);
        }
    }

    private static final class NoLibraries implements Libraries {
        @Override
        public Library now() {
            return RunWorld.library(List.of());
        }

        @Override
        public Library atLeast(@Nullable Long version, Duration patience) {
            return now();
        }
    }

    private String start(Runs door) {
        Charter charter = RunWorld.charter(ONE_STEP);
        assertThat(door.handle(charter.id(), new RunInput.Start(charter)).join())
                .isInstanceOf(Decision.Accepted.class);
        return charter.id();
    }

    private Run.Finished awaitEnd(String run) {
        return (Run.Finished)
                await().atMost(PATIENCE).until(() -> runs.find(run).orElseThrow(), Run.Finished.class::isInstance);
    }

    private void awaitPerformed(int times) {
        await().atMost(PATIENCE).until(() -> performed.size() == times);
    }

    private void letLeasesRunOut() throws Exception {
        store.execute("update engine.work set lease_until = now() - interval '1 second'");
    }

    private LeafOutcome untilToldToGoOn() throws InterruptedException {
        assertThat(goOn.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
        return DONE;
    }

    @Test
    void offeredWorkIsDoneRightAfterTheCommitAndItsOutcomeKept() throws Exception {
        String run = start(runs);

        assertThat(awaitEnd(run).verdict().state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(performed)
                .singleElement()
                .satisfies(work -> assertThat(work.fence()).isEqualTo(1));
        assertThat(store.count("select count(*) from engine.work")).isZero();
    }

    @Test
    void workWhoseDispatchWasLostIsDoneWhenItsLeaseHasRunOut() throws Exception {
        String run = start(door(List.of()));
        dispatcher.beat();
        assertThat(performed).isEmpty();

        letLeasesRunOut();
        dispatcher.beat();

        assertThat(awaitEnd(run).verdict().state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(performed)
                .singleElement()
                .satisfies(work -> assertThat(work.fence()).isEqualTo(2));
    }

    @Test
    void theBeatKeepsTheLeaseOfWorkThatIsBeingDone() throws Exception {
        doing = (_, _) -> untilToldToGoOn();
        String run = start(runs);
        awaitPerformed(1);

        letLeasesRunOut();
        dispatcher.beat();
        goOn.countDown();

        assertThat(awaitEnd(run).verdict().state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(performed).hasSize(1);
    }

    @Test
    void aLeaseThatSomebodyTookOverIsLostToItsWorker() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        doing = (work, ledger) -> {
            if (work.fence() > 1) {
                return DONE;
            }
            try {
                ledger.cancelledWithin(PATIENCE);
                throw new AssertionError("the lease was not lost");
            } catch (LeaseLost e) {
                ended.countDown();
                throw e;
            }
        };
        String run = start(runs);
        awaitPerformed(1);
        letLeasesRunOut();
        LeafDispatcher other = dispatcher(new Incarnation("two", "1"), runs, 10);

        other.beat();
        dispatcher.beat();

        assertThat(ended.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
        assertThat(awaitEnd(run).verdict().state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(performed).hasSize(2);
        other.stop(null);
    }

    @Test
    void aStepThatIsCancelledTellsItsWorker() throws Exception {
        doing = (_, ledger) -> ledger.cancelledWithin(PATIENCE) ? new LeafOutcome.Cancelled("ended", null) : DONE;
        String run = start(runs);
        awaitPerformed(1);

        runs.handle(run, new RunInput.Cancel(RunInput.Stop.KILL, "ann", "enough"))
                .join();

        assertThat(awaitEnd(run).verdict().state()).isEqualTo(RunState.CANCELLED);
    }

    @Test
    void anErrorOfAWorkerFailsItsStepWithTheReason() throws Exception {
        doing = (_, _) -> {
            throw new StackOverflowError("on demand");
        };

        String run = start(runs);

        assertThat(awaitEnd(run).verdict().reason()).contains("the worker broke: StackOverflowError: on demand");
    }

    @Test
    void anOutcomeIsToldAgainUntilTheStoreIsBack() throws Exception {
        for (int i = 0; i < 3; i++) {
            failures.add(new RunsUnavailable("away", new IllegalStateException("on demand")));
        }

        String run = start(runs);

        assertThat(awaitEnd(run).verdict().state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(performed).hasSize(1);
    }

    @Test
    void anOutcomeThatNeverCanBeKeptLeavesItsStepStuckWithTheReason() throws Exception {
        failures.add(new IllegalStateException("it breaks the decision"));

        String run = start(runs);

        Run.Finished end = awaitEnd(run);
        assertThat(end.verdict().state()).isEqualTo(RunState.STUCK);
        assertThat(end.verdict().reason()).contains("cannot be kept: IllegalStateException: it breaks the decision");
        assertThat(performed).hasSize(1);
    }

    @Test
    void aWorkerWhoseLeaseIsLostIsEndedWhereverItWaits() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        doing = (work, _) -> {
            if (work.fence() > 1) {
                return DONE;
            }
            try {
                return untilToldToGoOn();
            } finally {
                ended.countDown();
            }
        };
        String run = start(runs);
        awaitPerformed(1);
        letLeasesRunOut();
        LeafDispatcher other = dispatcher(new Incarnation("two", "1"), runs, 10);

        other.beat();
        dispatcher.beat();

        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(awaitEnd(run).verdict().state()).isEqualTo(RunState.SUCCEEDED);
        other.stop(null);
    }

    @Test
    void aSecretThatCannotBeReadAtTheMomentIsWaitedFor() throws Exception {
        doing = (work, ledger) -> {
            if (performed.size() > 1) {
                assertThat(work.progress()).isEqualTo(TextNode.valueOf("half"));
                return untilToldToGoOn();
            }
            ledger.save(TextNode.valueOf("half"));
            throw new SecretsAway(new SecretRef("ci", "token"), "the cluster", new IOException("it answered 503"));
        };

        String run = start(runs);

        Wait wait = awaitWait(run, "secret");
        assertThat(wait.on()).isEqualTo("ci/token");
        assertThat(wait.until()).isAfter(wait.since());
        assertThat(wait.unblock()).contains("it answered 503");
        goOn.countDown();
        assertThat(awaitEnd(run).verdict().state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(performed).hasSize(2);
    }

    @Test
    void aStepThatIsCancelledWaitsForASecretNoLonger() throws Exception {
        doing = (_, _) -> {
            throw new SecretsAway(new SecretRef("ci", "token"), "the cluster", new IOException("it answered 503"));
        };
        String run = start(runs);
        awaitWait(run, "secret");

        runs.handle(run, new RunInput.Cancel(RunInput.Stop.KILL, "ann", "enough"))
                .join();

        assertThat(awaitEnd(run).verdict().state()).isEqualTo(RunState.CANCELLED);
    }

    private Wait awaitWait(String run, String reason) {
        return await().atMost(PATIENCE)
                .until(
                        () -> runs.find(run).orElseThrow().steps().get("a") instanceof StepState.Working working
                                ? working.waiting()
                                : null,
                        wait -> wait != null && wait.reason().equals(reason));
    }

    /** {@return two runs, the first of which took the only place} */
    private List<String> twoRunsOneOfThemWithoutAPlace() {
        dispatcher.stop(null);
        CompletableFuture<LeafDispatcher> later = new CompletableFuture<>();
        Runs door = door(List.of((run, effects) -> later.join().after(run, effects)));
        dispatcher = dispatcher(LIFE, door, 1);
        later.complete(dispatcher);
        Charter first = RunWorld.charter(ONE_STEP, "1");
        Charter second = RunWorld.charter(ONE_STEP, "2");
        door.handle(first.id(), new RunInput.Start(first)).join();
        awaitPerformed(1);
        door.handle(second.id(), new RunInput.Start(second)).join();
        awaitWait(second.id(), "place");
        return List.of(first.id(), second.id());
    }

    @Test
    void aStepWithoutAPlaceSaysThatItWaitsForOne() {
        doing = (_, _) -> untilToldToGoOn();

        List<String> both = twoRunsOneOfThemWithoutAPlace();
        assertThat(performed).hasSize(1);
        goOn.countDown();

        both.forEach(this::awaitEnd);
    }

    @Test
    void aStepThatIsCancelledWaitsForAPlaceNoLonger() throws Exception {
        doing = (_, ledger) ->
                ledger.cancelledWithin(Duration.ZERO) ? new LeafOutcome.Cancelled("ended", null) : untilToldToGoOn();
        List<String> both = twoRunsOneOfThemWithoutAPlace();
        String second = both.getLast();

        runs.handle(second, new RunInput.Cancel(RunInput.Stop.KILL, "ann", "enough"))
                .join();
        dispatcher.beat();

        assertThat(awaitEnd(second).verdict().state()).isEqualTo(RunState.CANCELLED);
        assertThat(performed).hasSize(2);
        assertThat(runs.find(both.getFirst()).orElseThrow()).isInstanceOf(Run.Executing.class);
    }

    @Test
    void whenTheServiceStopsItsLeasesAreFreeAtOnce() throws Exception {
        doing = (_, _) -> untilToldToGoOn();
        start(runs);
        awaitPerformed(1);

        dispatcher.stop(null);

        assertThat(store.leaseBook().takeOver(new Incarnation("two", "1"), 10)).hasSize(1);
    }

    @Test
    void aKindThatNobodyDoesIsStuck() throws Exception {
        Charter charter = RunWorld.charter("steps: [{name: j, jenkins: {server: ci, job: shop}}]");

        runs.handle(charter.id(), new RunInput.Start(charter)).join();

        assertThat(awaitEnd(charter.id()).verdict().state()).isEqualTo(RunState.STUCK);
    }
}
