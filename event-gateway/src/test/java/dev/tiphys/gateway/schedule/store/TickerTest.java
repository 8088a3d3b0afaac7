package dev.tiphys.gateway.schedule.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tiphys.contracts.definition.Definition;
import dev.tiphys.contracts.definition.DefinitionKey;
import dev.tiphys.contracts.definition.Pipeline;
import dev.tiphys.contracts.definition.Pipeline.Missed;
import dev.tiphys.contracts.definition.Pipeline.Trigger;
import dev.tiphys.gateway.intake.Arrival;
import dev.tiphys.gateway.intake.Intake;
import dev.tiphys.gateway.intake.Taken;
import dev.tiphys.gateway.ledger.LedgerEntry;
import dev.tiphys.gateway.schedule.Marks;
import dev.tiphys.gateway.schedule.ScheduleView;
import dev.tiphys.gateway.schedule.Schedules;
import dev.tiphys.gateway.schedule.Ticker;
import dev.tiphys.testkit.EmbeddedDatabase;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tickers of several processes on one real database; the clock is the test's. */
@Tag("real")
class TickerTest {
    @TempDir
    static Path directory;

    private static EmbeddedDatabase server;

    private final List<Arrival> taken = new CopyOnWriteArrayList<>();
    private final List<LedgerEntry> ledger = new CopyOnWriteArrayList<>();
    private volatile Instant now = Instant.parse("2026-03-02T06:00:30Z");
    private volatile boolean brokerAway;
    private volatile CompletableFuture<Void> broker = CompletableFuture.completedFuture(null);
    private AgroalDataSource source;

    @BeforeAll
    static void startServer() {
        server = EmbeddedDatabase.start(directory, 0);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void open() throws Exception {
        source = AgroalDataSource.from(new AgroalDataSourceConfigurationSupplier()
                .connectionPoolConfiguration(pool -> pool.maxSize(10)
                        .connectionFactoryConfiguration(factory -> factory.jdbcUrl(server.jdbcUrl("gateway"))
                                .principal(new NamePrincipal(server.user()))
                                .credential(new SimplePassword(server.password())))));
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                InputStream sql = TickerTest.class.getResourceAsStream("/db/gateway/V3__schedules.sql")) {
            statement.execute("drop schema if exists gateway cascade");
            statement.execute("create schema gateway");
            statement.execute("set search_path to gateway");
            statement.execute(new String(sql.readAllBytes(), StandardCharsets.UTF_8));
            statement.execute("reset search_path");
        }
    }

    @AfterEach
    void close() {
        source.close();
    }

    /** A broker that forgets nothing and takes the same twice: nobody but the tickers keeps ticks apart. */
    private final class TestIntake implements Intake {
        @Override
        public CompletionStage<Taken> take(Arrival arrival) {
            if (brokerAway) {
                return CompletableFuture.failedFuture(new IllegalStateException("no broker"));
            }
            taken.add(arrival);
            return broker.thenApply(_ -> new Taken.Published(List.of(new Taken.Position(0, taken.size()))));
        }
    }

    /** A process that ends after the broker has its ticks, and before that is remembered. */
    private record DyingMarks(Marks real) implements Marks {
        @Override
        public void keep(Map<String, Instant> firstSeen, long version) {
            real.keep(firstSeen, version);
        }

        @Override
        public Map<String, Mark> all() {
            return real.all();
        }

        @Override
        public Map<String, Mark> take(Collection<String> keys, UnaryOperator<Map<String, Mark>> work) {
            return real.take(keys, locked -> {
                work.apply(locked);
                throw new IllegalStateException("killed");
            });
        }
    }

    private Ticker process(Marks marks, Definition... definitions) {
        Ticker ticker = new Ticker(marks, new TestIntake(), ledger::add, () -> now, Duration.ofSeconds(5));
        ticker.follow(Schedules.of(List.of(definitions), 1));
        return ticker;
    }

    private Ticker process(Definition... definitions) {
        return process(new PostgresMarks(source), definitions);
    }

    private static Definition pipeline(String name, String cron, Missed missed) {
        return new Pipeline(
                new DefinitionKey("Pipeline", "default", name),
                List.of(new Trigger.Schedule(cron, "UTC", missed, Duration.ZERO)),
                null,
                null,
                Map.of(),
                List.of(),
                List.of());
    }

    private void at(String time) {
        now = Instant.parse("2026-03-02T" + time + "Z");
    }

    private List<String> ticks() {
        return taken.stream()
                .map(arrival ->
                        arrival.events().getFirst().event().time().toString().substring(11, 16))
                .toList();
    }

    @Test
    void aNewScheduleBeginsNowAndFiresOnItsTimes() {
        Ticker ticker = process(pipeline("p", "0 * * * *", Missed.ALL));

        assertThat(ticker.pass().again()).isEqualTo("2026-03-02T07:00:00Z");
        assertThat(taken).isEmpty();
        at("07:00:00");
        assertThat(ticker.pass().again()).isEqualTo("2026-03-02T08:00:00Z");
        ticker.pass();

        assertThat(ticks()).containsExactly("07:00");
        assertThat(ledger).singleElement().satisfies(entry -> {
            assertThat(entry.way()).isEqualTo(LedgerEntry.Way.SCHEDULE);
            assertThat(entry.verdict()).isEqualTo("accepted");
            assertThat(entry.events()).containsExactly(taken.getFirst().key());
        });
        assertThat(ticker.views())
                .containsExactly(new ScheduleView(
                        "p",
                        "pipeline",
                        "0 * * * *",
                        "UTC",
                        "all",
                        Instant.parse("2026-03-02T07:00:00Z"),
                        Instant.parse("2026-03-02T08:00:00Z"),
                        "waiting",
                        null));
    }

    @Test
    void twoProcessesFireEachTickOnce() throws Exception {
        Definition[] definitions = new Definition[8];
        for (int i = 0; i < definitions.length; i++) {
            definitions[i] = pipeline("p" + i, "* * * * *", Missed.ALL);
        }
        List<Ticker> tickers = List.of(process(definitions), process(definitions));
        tickers.forEach(Ticker::pass);

        CyclicBarrier together = new CyclicBarrier(tickers.size());
        try (ExecutorService processes = Executors.newFixedThreadPool(tickers.size())) {
            for (int minute = 0; minute < 40; minute++) {
                now = now.plusSeconds(60);
                List<Future<?>> passes = new ArrayList<>();
                for (Ticker ticker : tickers) {
                    passes.add(processes.submit(() -> {
                        together.await();
                        return ticker.pass();
                    }));
                }
                for (Future<?> pass : passes) {
                    pass.get();
                }
            }
        }

        assertThat(taken).extracting(Arrival::key).doesNotHaveDuplicates().hasSize(40 * definitions.length);
    }

    @Test
    void aScheduleThatAnotherProcessIsAtIsLeftToIt() {
        Definition definition = pipeline("p", "0 * * * *", Missed.ALL);
        Ticker one = process(definition);
        Ticker other = process(definition);
        one.pass();
        at("07:00:00");
        CompletableFuture<Void> answer = new CompletableFuture<>();
        broker = answer;
        CompletableFuture<Ticker.Pass> busy = CompletableFuture.supplyAsync(one::pass);
        await().until(() -> taken.size() == 1);
        broker = CompletableFuture.completedFuture(null);

        assertThat(other.pass().again()).isEqualTo("2026-03-02T07:00:02Z");
        answer.complete(null);
        busy.join();
        other.pass();

        assertThat(ticks()).containsExactly("07:00");
    }

    @Test
    void aProcessKilledBeforeItRemembersLeavesTheSameEventToTheNext() {
        Definition definition = pipeline("p", "0 * * * *", Missed.LATEST);
        Ticker dying = process(new DyingMarks(new PostgresMarks(source)), definition);
        dying.pass();
        at("07:00:00");
        assertThatThrownBy(dying::pass).hasMessage("killed");

        process(definition).pass();
        process(definition).pass();

        assertThat(ticks()).containsExactly("07:00", "07:00");
        assertThat(taken).extracting(Arrival::key).containsOnly(taken.getFirst().key());
    }

    @Test
    void aRestartMakesUpForWhatThePolicySays() {
        Definition[] definitions = {
            pipeline("all", "0 * * * *", Missed.ALL),
            pipeline("latest", "0 * * * *", Missed.LATEST),
            pipeline("skip", "0 * * * *", Missed.SKIP)
        };
        process(definitions).pass();
        at("09:30:00");

        Ticker.Pass pass = process(definitions).pass();

        assertThat(taken)
                .extracting(arrival -> arrival.events().getFirst().topicKey() + " "
                        + arrival.events().getFirst().event().time().toString().substring(11, 16))
                .containsExactlyInAnyOrder("all 07:00", "all 08:00", "all 09:00", "latest 09:00");
        assertThat(pass.leftOut())
                .hasSize(2)
                .anySatisfy(
                        text -> assertThat(text)
                                .startsWith("pipeline/skip/")
                                .contains(
                                        "3 ticks, from 2026-03-02T07:00:00Z to 2026-03-02T09:00:00Z, were missed and do not run"));
        assertThat(ledger)
                .filteredOn(entry -> entry.verdict().equals("missed"))
                .extracting(LedgerEntry::reason)
                .containsExactlyInAnyOrder(
                        "3 ticks, from 2026-03-02T07:00:00Z to 2026-03-02T09:00:00Z, were missed and do not run:"
                                + " the schedule skips what it missed",
                        "2 ticks, from 2026-03-02T07:00:00Z to 2026-03-02T08:00:00Z, were missed and do not run:"
                                + " of what it missed, the schedule runs only the latest");
        assertThat(process(definitions).pass().leftOut()).isEmpty();
    }

    @Test
    void aBrokerThatIsAwayMakesTicksLateAndLosesNone() {
        Ticker ticker = process(pipeline("p", "0 * * * *", Missed.SKIP));
        ticker.pass();
        brokerAway = true;
        at("07:00:00");

        assertThat(ticker.pass().trouble()).contains("no broker");
        at("08:30:00");
        Ticker.Pass second = ticker.pass();
        assertThat(second.again()).isEqualTo("2026-03-02T08:30:02Z");
        assertThat(ticker.views()).singleElement().satisfies(view -> {
            assertThat(view.state()).isEqualTo("late");
            assertThat(view.reason()).contains("no broker");
        });
        brokerAway = false;

        assertThat(ticker.pass().trouble()).isNull();
        assertThat(ticks()).containsExactly("07:00", "08:00");
    }

    @Test
    void aDatabaseThatIsAwayMakesTicksLate() {
        Ticker ticker = process(pipeline("p", "0 * * * *", Missed.SKIP));
        ticker.pass();
        at("07:00:00");
        source.close();

        assertThat(ticker.pass().trouble()).contains("the database does not answer");
        assertThat(taken).isEmpty();
    }

    @Test
    void aScheduleThatIsGoneIsForgottenButNotByOlderDefinitions() {
        Definition first = pipeline("first", "0 * * * *", Missed.ALL);
        Definition second = pipeline("second", "0 * * * *", Missed.ALL);
        Marks marks = new PostgresMarks(source);
        Ticker ticker = process(first);
        ticker.pass();
        ticker.follow(Schedules.of(List.of(first, second), 2));
        ticker.pass();

        process(first).pass();
        assertThat(marks.all()).containsOnlyKeys("pipeline/first/UTC/0 * * * *", "pipeline/second/UTC/0 * * * *");
        ticker.follow(Schedules.of(List.of(second), 3));
        ticker.pass();
        assertThat(marks.all()).containsOnlyKeys("pipeline/second/UTC/0 * * * *");

        at("09:30:00");
        ticker.follow(Schedules.of(List.of(first, second), 4));
        ticker.pass();
        assertThat(taken)
                .extracting(arrival -> arrival.events().getFirst().topicKey())
                .containsOnly("second");
    }
}
