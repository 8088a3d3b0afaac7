package dev.tiphys.engine.run.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.engine.run.Aftermath;
import dev.tiphys.engine.run.Charter;
import dev.tiphys.engine.run.Decision;
import dev.tiphys.engine.run.DueTimers;
import dev.tiphys.engine.run.Effect;
import dev.tiphys.engine.run.Incarnation;
import dev.tiphys.engine.run.Leases;
import dev.tiphys.engine.run.Run;
import dev.tiphys.engine.run.RunInput;
import dev.tiphys.engine.run.RunRules;
import dev.tiphys.engine.run.RunWorld;
import dev.tiphys.engine.run.Runs;
import dev.tiphys.engine.run.RunsUnavailable;
import dev.tiphys.engine.work.LeafOutcome;
import dev.tiphys.platform.expression.Expressions;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the store promises, on a real database. */
@Tag("real")
class PostgresRunsTest {
    private static final String TWO_STEPS = """
            steps:
            - {name: a, http: {method: GET, url: http://a}}
            - {name: b, http: {method: GET, url: http://b}}
            """;
    private static final String TWO_QUESTIONS = """
            steps:
            - {name: a, approval: {message: a?}}
            - {name: b, approval: {message: b?}}
            """;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String LOCKED_OUT = " datname = current_database() and wait_event_type = 'Lock'";

    private final List<PostgresRuns> opened = new ArrayList<>();
    private TestStore store;

    @BeforeEach
    void open() throws Exception {
        store = TestStore.fresh();
    }

    @AfterEach
    void close() {
        opened.forEach(PostgresRuns::close);
        store.source().close();
    }

    private PostgresRuns process(String life) {
        PostgresRuns runs = store.runs(new Incarnation("one", life), List.of());
        opened.add(runs);
        return runs;
    }

    private static RunInput succeeded(String step, long lease) {
        return new RunInput.LeafReported(
                step, 1, lease, new LeafOutcome.Succeeded(Map.of("x", TextNode.valueOf("y")), null));
    }

    private static Decision.Refusal refusal(Decision decision) {
        return ((Decision.Refused) decision).why();
    }

    @Test
    void whatIsReadIsWhatTheFactsComeTo() throws Exception {
        PostgresRuns runs = process("1");
        Charter charter = RunWorld.charter(TWO_STEPS);
        runs.handle(charter.id(), new RunInput.Start(charter)).join();
        runs.handle(charter.id(), succeeded("a", 1)).join();
        runs.handle(charter.id(), succeeded("b", 1), new Runs.Action("ann", "x", "y", null))
                .join();

        Run.Present stored = runs.find(charter.id()).orElseThrow();
        assertThat(stored).isInstanceOf(Run.Finished.class);
        assertThat(RunRules.replay(runs.facts(charter.id()))).isEqualTo(stored);
        assertThat(store.count("select count(*) from engine.work")).isZero();
        assertThat(store.count("select count(*) from engine.timer")).isZero();
        assertThat(store.count("select version from engine.run"))
                .isEqualTo(store.count("select count(*) from engine.fact"));
        assertThat(store.count("select count(*) from engine.outbox where topic = 'tiphys.audit'"))
                .isEqualTo(1);
    }

    @Test
    void aTriggerStartsOneRunHoweverOftenAndWhereverItComes() throws Exception {
        PostgresRuns one = process("1");
        PostgresRuns other = process("2");
        Charter charter = RunWorld.charter(TWO_STEPS);
        List<CompletableFuture<Decision>> decisions = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            decisions.add(one.handle(charter.id(), new RunInput.Start(charter)));
            decisions.add(other.handle(charter.id(), new RunInput.Start(charter)));
        }

        long accepted = decisions.stream()
                .map(CompletableFuture::join)
                .filter(Decision.Accepted.class::isInstance)
                .count();

        assertThat(accepted).isEqualTo(1);
        assertThat(store.count("select count(*) from engine.run")).isEqualTo(1);
    }

    @Test
    void twoProcessesNeverWriteOverEachOther() {
        PostgresRuns one = process("1");
        PostgresRuns other = process("2");
        Charter charter = RunWorld.charter(TWO_STEPS);
        one.handle(charter.id(), new RunInput.Start(charter)).join();
        other.handle(charter.id(), succeeded("a", 1)).join();

        assertThat(refusal(one.handle(charter.id(), succeeded("a", 1)).join())).isEqualTo(Decision.Refusal.STALE);
        one.handle(charter.id(), succeeded("b", 1)).join();

        assertThat(other.find(charter.id()).orElseThrow()).isInstanceOf(Run.Finished.class);
        assertThat(RunRules.replay(one.facts(charter.id())))
                .isEqualTo(one.find(charter.id()).orElseThrow());
    }

    @Test
    void aRememberedRunIsReadAnewAfterSomebodyElseWroteFirst() {
        PostgresRuns one = process("1");
        PostgresRuns other = process("2");
        Charter charter = RunWorld.charter(TWO_STEPS);
        one.handle(charter.id(), new RunInput.Start(charter)).join();
        other.handle(charter.id(), succeeded("a", 1)).join();

        Decision decision = one.handle(charter.id(), new RunInput.Cancel(RunInput.Stop.KILL, "ann", "enough"))
                .join();

        assertThat(decision).isInstanceOf(Decision.Accepted.class);
        assertThat(RunRules.replay(one.facts(charter.id())))
                .isEqualTo(other.find(charter.id()).orElseThrow());
    }

    @Test
    void whatARememberedRunWouldRefuseIsDecidedOnTheStoredOne() {
        PostgresRuns one = process("1");
        PostgresRuns other = process("2");
        Charter charter = RunWorld.charter(TWO_STEPS);
        one.handle(charter.id(), new RunInput.Start(charter)).join();
        other.handle(charter.id(), succeeded("a", 1)).join();

        // As far as the first process remembers, b has not begun.
        assertThat(one.handle(charter.id(), succeeded("b", 1)).join()).isInstanceOf(Decision.Accepted.class);
        assertThat(one.find(charter.id()).orElseThrow()).isInstanceOf(Run.Finished.class);
    }

    @Test
    void eachDeploymentOfOneTransactionHasAFenceOfItsOwn() throws Exception {
        PostgresRuns runs = store.runs(new Incarnation("one", "1"), List.of(), 1);
        opened.add(runs);
        List<CompletableFuture<Decision>> starts = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Charter charter = RunWorld.charter("steps: [{name: d, deploy: {application: shop}}]", "key-" + i);
            starts.add(runs.handle(charter.id(), new RunInput.Start(charter)));
        }
        starts.forEach(CompletableFuture::join);

        List<String> commands = ids("select value from engine.outbox where topic = 'tiphys.sync-commands' order by id");
        List<Long> fences = new ArrayList<>();
        for (String command : commands) {
            fences.add(Json.mapper().readTree(command).at("/by/fence").longValue());
        }
        assertThat(fences).hasSize(50).doesNotHaveDuplicates().isSorted().doesNotContain(0L);
    }

    @Test
    void aLeaseOfThisLifeThatNobodyWorksOnRunsOutAndIsTakenOver() throws Exception {
        PostgresRuns runs = process("1");
        Incarnation life = new Incarnation("one", "1");
        Charter charter = RunWorld.charter(TWO_STEPS);
        runs.handle(charter.id(), new RunInput.Start(charter)).join();
        PostgresLeases leases = store.leases();
        store.execute("update engine.work set lease_until = now() - interval '1 second'");

        // Its dispatch was lost: the beat of this life does not name it.
        assertThat(leases.prolong(life, List.of())).isEmpty();

        assertThat(leases.takeOver(life, 10))
                .extracting(Leases.Leased::lease)
                .containsExactly(new Leases.Lease(charter.id(), "a", 1, 2));
    }

    @Test
    void aCharacterThatTheDatabaseRefusesKeepsNoStepFromEnding() {
        PostgresRuns runs = process("1");
        Charter charter = RunWorld.charter("steps: [{name: a, http: {method: GET, url: http://a}}]");
        runs.handle(charter.id(), new RunInput.Start(charter)).join();

        Decision decision = runs.handle(
                        charter.id(),
                        new RunInput.LeafReported(
                                "a", 1, 1, new LeafOutcome.Failed("it said \0", "http://x/\0", Map.of())))
                .join();

        assertThat(decision).isInstanceOf(Decision.Accepted.class);
        Run.Finished run = (Run.Finished) runs.find(charter.id()).orElseThrow();
        assertThat(run.verdict().reason()).contains("it said");
    }

    /** Breaks on conditions. */
    private static final class Broken implements Expressions {
        private final Expressions others = new RunWorld.SimpleExpressions();

        @Override
        public Result<JsonNode> resolve(JsonNode template, JsonNode scope) {
            return others.resolve(template, scope);
        }

        @Override
        public Result<Boolean> test(String condition, JsonNode scope) {
            throw new StackOverflowError("on demand");
        }

        @Override
        public @Nullable String check(String text) {
            return others.check(text);
        }
    }

    @Test
    void anErrorOfOneDecisionEndsNeitherTheLaneNorOtherDecisions() {
        PostgresRuns runs = store.runs(new RunRules(new Broken()), 1);
        opened.add(runs);
        Charter broken = RunWorld.charter("steps: [{name: w, when: 'true', wait: {duration: 10m}}]", "broken");
        List<CompletableFuture<Decision>> failing = new ArrayList<>();
        List<CompletableFuture<Decision>> others = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Charter other = RunWorld.charter("steps: [{name: w, wait: {duration: 10m}}]", "other-" + i);
            failing.add(runs.handle(broken.id(), new RunInput.Start(broken)));
            others.add(runs.handle(other.id(), new RunInput.Start(other)));
        }

        for (CompletableFuture<Decision> each : others) {
            assertThat(each).succeedsWithin(PATIENCE).isInstanceOf(Decision.Accepted.class);
        }
        for (CompletableFuture<Decision> each : failing) {
            assertThat(each).failsWithin(PATIENCE).withThrowableThat().withCauseInstanceOf(StackOverflowError.class);
        }
    }

    /** Starts a run that cannot be written while the connection holds its lock: what comes now waits. */
    private CompletableFuture<Decision> startBehindALock(PostgresRuns runs, Connection lock) throws Exception {
        lock.setAutoCommit(false);
        try (Statement statement = lock.createStatement()) {
            statement.execute("lock table engine.run in exclusive mode");
        }
        Charter first = RunWorld.charter(TWO_STEPS, "first");
        CompletableFuture<Decision> started = runs.handle(first.id(), new RunInput.Start(first));
        await().atMost(PATIENCE)
                .until(() -> store.count("select count(*) from pg_stat_activity where" + LOCKED_OUT) == 1);
        return started;
    }

    @Test
    void whatComesWhileOneTransactionIsWrittenIsTheNextOneAndEachRunsInputsKeepTheirOrder() throws Exception {
        PostgresRuns runs = store.runs(new Incarnation("one", "1"), List.of(), 1);
        opened.add(runs);
        List<Charter> charters = new ArrayList<>();
        List<CompletableFuture<Decision>> decisions = new ArrayList<>();
        try (Connection lock = store.source().getConnection()) {
            decisions.add(startBehindALock(runs, lock));
            for (int i = 0; i < 10; i++) {
                Charter charter = RunWorld.charter(TWO_QUESTIONS, "key-" + i);
                charters.add(charter);
                decisions.add(runs.handle(charter.id(), new RunInput.Start(charter)));
            }
            for (String step : List.of("a", "b")) {
                RunInput approve = new RunInput.Judge(step, RunInput.Judgement.APPROVE, "ann", null);
                charters.forEach(charter -> decisions.add(runs.handle(charter.id(), approve)));
            }
            lock.commit();
            assertThat(decisions)
                    .allSatisfy(
                            each -> assertThat(each).succeedsWithin(PATIENCE).isInstanceOf(Decision.Accepted.class));
        }

        assertThat(store.count("select count(distinct xmin::text) from engine.fact"))
                .isEqualTo(2);
        for (Charter charter : charters) {
            Run.Present run = runs.find(charter.id()).orElseThrow();
            assertThat(run).isInstanceOf(Run.Finished.class);
            assertThat(RunRules.replay(runs.facts(charter.id()))).isEqualTo(run);
        }
    }

    @Test
    void aTransactionThatIsCutOffWritesNothingAndItsInputsAreToldSo() throws Exception {
        PostgresRuns runs = store.runs(new Incarnation("one", "1"), List.of(), 1);
        opened.add(runs);
        try (Connection lock = store.source().getConnection()) {
            CompletableFuture<Decision> started = startBehindALock(runs, lock);
            store.execute("select pg_terminate_backend(pid) from pg_stat_activity where" + LOCKED_OUT);
            assertThat(started).failsWithin(PATIENCE).withThrowableThat().withCauseInstanceOf(RunsUnavailable.class);
            lock.commit();
        }

        for (String table : List.of("run", "fact", "timer", "work", "outbox")) {
            assertThat(store.count("select count(*) from engine." + table))
                    .as(table)
                    .isZero();
        }
        Charter again = RunWorld.charter(TWO_STEPS, "first");
        assertThat(runs.handle(again.id(), new RunInput.Start(again)))
                .succeedsWithin(PATIENCE)
                .isInstanceOf(Decision.Accepted.class);
    }

    @Test
    void workWhoseDispatchWasLostIsTakenOverAndTheOldLeaseChangesNothing() {
        PostgresRuns killed = process("1");
        Charter charter = RunWorld.charter(TWO_STEPS);
        killed.handle(charter.id(), new RunInput.Start(charter)).join();
        PostgresLeases leases = store.leases();
        Leases.Lease first = new Leases.Lease(charter.id(), "a", 1, 1);
        assertThat(leases.takeOver(new Incarnation("two", "1"), 10)).isEmpty();
        assertThat(leases.save(first, TextNode.valueOf("half"))).isTrue();

        Incarnation again = new Incarnation("one", "2");
        leases.endThoseOfEarlierLives(again);
        List<Leases.Leased> taken = leases.takeOver(again, 10);

        assertThat(taken).hasSize(1);
        assertThat(taken.getFirst().lease().number()).isEqualTo(2);
        assertThat(taken.getFirst().progress()).isEqualTo(TextNode.valueOf("half"));
        assertThat(leases.save(first, TextNode.valueOf("late"))).isFalse();
        assertThat(leases.append(first, "late")).isFalse();
        assertThat(leases.prolong(again, List.of(taken.getFirst().lease())))
                .extracting(Leases.Held::lease)
                .containsExactly(taken.getFirst().lease());
        PostgresRuns restarted = process("2");
        assertThat(refusal(restarted.handle(charter.id(), succeeded("a", 1)).join()))
                .isEqualTo(Decision.Refusal.STALE);
        assertThat(restarted.handle(charter.id(), succeeded("a", 2)).join()).isInstanceOf(Decision.Accepted.class);
    }

    @Test
    void aLogIsKeptInOrderAndWithinBounds() throws Exception {
        PostgresRuns runs = process("1");
        Charter charter = RunWorld.charter(TWO_STEPS);
        runs.handle(charter.id(), new RunInput.Start(charter)).join();
        Leases.Lease lease = new Leases.Lease(charter.id(), "a", 1, 1);
        PostgresLeases leases = store.leases();

        assertThat(leases.append(lease, "one\n")).isTrue();
        assertThat(leases.append(lease, "two\0\n")).isTrue();
        for (int i = 0; i < 12; i++) {
            assertThat(leases.append(lease, "x".repeat(1 << 20))).isTrue();
        }

        assertThat(store.count("select sum(length(text)) from engine.step_log")).isLessThan(9L << 20);
        assertThat(store.count("select count(*) from engine.step_log where text like '%longer than is kept%'"))
                .isPositive();
    }

    @Test
    void aLogThatComesAtOnceIsKeptUpToItsBound() throws Exception {
        PostgresRuns runs = process("1");
        Charter charter = RunWorld.charter(TWO_STEPS);
        runs.handle(charter.id(), new RunInput.Start(charter)).join();
        Leases.Lease lease = new Leases.Lease(charter.id(), "a", 1, 1);
        PostgresLeases leases = store.leases();

        assertThat(leases.append(lease, "first\n")).isTrue();
        assertThat(leases.append(lease, "x".repeat(9 << 20))).isTrue();
        assertThat(leases.append(lease, "late\n")).isTrue();

        assertThat(ids("select text from engine.step_log order by position"))
                .satisfiesExactly(
                        first -> assertThat(first).isEqualTo("first\n"),
                        rest -> assertThat(rest)
                                .hasSize((8 << 20)
                                        - "first\n".length()
                                        + "\n[the log is longer than is kept]\n".length())
                                .startsWith("xxx")
                                .endsWith("xxx\n[the log is longer than is kept]\n"));
    }

    @Test
    void aTimerSurvivesUntilItsInputIsHandled() {
        PostgresRuns runs = process("1");
        Charter charter = RunWorld.charter("steps: [{name: w, wait: {duration: 1ms}}]");
        runs.handle(charter.id(), new RunInput.Start(charter)).join();

        List<DueTimers.Due> due = store.leases().dueBefore(Instant.now().plusSeconds(5));
        assertThat(due).hasSize(1);
        runs.fired(due.getFirst().run(), due.getFirst().key(), due.getFirst().input())
                .join();

        assertThat(store.leases().dueBefore(Instant.now().plusSeconds(5))).isEmpty();
        assertThat(runs.find(charter.id()).orElseThrow()).isInstanceOf(Run.Finished.class);
    }

    @Test
    void aHundredStartsAtOnceKeepTheRuleOfTheNewest() throws Exception {
        hundredStarts("latest");

        assertThat(store.count("select count(*) from engine.run where state = 'succeeded'"))
                .isGreaterThan(0);
        assertThat(
                        store.count(
                                "select count(*) from engine.run where state = 'succeeded' and id = (select max(id) from engine.run)"))
                .isEqualTo(1);
    }

    @Test
    void aHundredStartsAtOnceKeepTheSequence() throws Exception {
        hundredStarts("sequential");

        assertThat(store.count("select count(*) from engine.run where state = 'succeeded'"))
                .isEqualTo(100);
    }

    private void hundredStarts(String rule) throws Exception {
        PostgresRuns one = process("1");
        PostgresRuns other = process("2");
        List<CompletableFuture<Decision>> starts = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Charter charter = RunWorld.charter(
                    "concurrency: {key: shop, rule: " + rule + "}\nsteps: [{name: ask, approval: {message: ok?}}]",
                    "key-" + i);
            starts.add((i % 2 == 0 ? one : other).handle(charter.id(), new RunInput.Start(charter)));
        }
        starts.forEach(CompletableFuture::join);
        await().atMost(PATIENCE).until(() -> {
            assertThat(store.count("select count(*) from engine.run where state = 'running'"))
                    .isLessThanOrEqualTo(1);
            List<String> running = ids("select id from engine.run where state = 'running'");
            for (String run : running) {
                other.handle(run, new RunInput.Judge("ask", RunInput.Judgement.APPROVE, "ann", null))
                        .join();
            }
            return store.count("select count(*) from engine.run where finished_at is null") == 0;
        });
        assertThat(store.count("select count(*) from engine.run where state not in ('succeeded', 'superseded')"))
                .isZero();
        assertThat(store.count("select count(*) from engine.line")).isZero();
        await().atMost(PATIENCE).until(() -> store.count("select count(*) from engine.timer") == 0);
    }

    @Test
    void aWordOfTheLineThatWasLostIsFoundByTheSweep() {
        PostgresRuns runs = process("1");
        String lined = "concurrency: {key: shop, rule: sequential}\nsteps: [{name: ask, approval: {message: ok?}}]";
        Charter first = RunWorld.charter(lined, "1");
        Charter second = RunWorld.charter(lined, "2");
        runs.handle(first.id(), new RunInput.Start(first)).join();
        runs.handle(second.id(), new RunInput.Start(second)).join();
        assertThat(((Run.Queued) runs.find(second.id()).orElseThrow()).waiting().on())
                .contains(first.id());

        runs.handle(first.id(), new RunInput.Judge("ask", RunInput.Judgement.APPROVE, "ann", null))
                .join();

        await().atMost(PATIENCE).until(() -> runs.find(second.id()).orElseThrow() instanceof Run.Executing);
    }

    private List<String> ids(String query) throws Exception {
        List<String> found = new ArrayList<>();
        try (var connection = store.source().getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }

    @Test
    void thoseWhoListenHearOfEffectsAfterTheyAreDurable() throws Exception {
        List<Effect> heard = new ArrayList<>();
        Aftermath listener = (_, effects) -> {
            synchronized (heard) {
                heard.addAll(effects);
            }
        };
        PostgresRuns runs = store.runs(new Incarnation("one", "1"), List.of(listener));
        opened.add(runs);
        Charter charter = RunWorld.charter(TWO_STEPS);

        runs.handle(charter.id(), new RunInput.Start(charter)).join();

        synchronized (heard) {
            assertThat(heard).hasAtLeastOneElementOfType(Effect.OfferWork.class);
        }
        assertThat(store.count("select count(*) from engine.work where lease = 1 and owner = 'one/1'"))
                .isEqualTo(1);
    }
}
