package dev.tiphys.engine.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.engine.run.store.TestStore;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What stays and what goes, on a real database. */
@Tag("real")
class RetentionTest {
    private static final Instant NOW = Instant.parse("2026-03-31T12:00:00Z");
    private static final String LONG_AGO = "'2026-03-01T11:59:59Z'";
    private static final String LATELY = "'2026-03-01T12:00:01Z'";

    private TestStore store;
    private Retention retention;

    @BeforeEach
    void open() throws Exception {
        store = TestStore.fresh();
        retention = new Retention(
                (javax.sql.DataSource) store.source(), Clock.fixed(NOW, ZoneOffset.UTC), Duration.ofDays(30));
    }

    @AfterEach
    void close() {
        store.source().close();
    }

    private void run(String id, String finishedAt) throws Exception {
        store.execute("""
                insert into engine.run (id, pipeline, trigger_key, version, state, created_at, finished_at, run_trigger,
                    outline, charter, progress)
                values ('%1$s', 'p', '%1$s', 1, 'x', '2020-01-01T00:00:00Z', %2$s, '', '', '', '')""".formatted(id, finishedAt));
        store.execute("insert into engine.fact values ('%s', 1, '2020-01-01T00:00:00Z', '')".formatted(id));
        store.execute(
                "insert into engine.step_log (run_id, step, attempt, text) values ('%s', 'a', 1, 'x')".formatted(id));
    }

    private void event(String id, String decidedAt) throws Exception {
        store.execute("""
                insert into engine.event (id, arrived_at, endpoint, type, event, decisions, decided_at, attempts)
                values ('%s', '2020-01-01T00:00:00Z', 'x', 'push', '', '', %s, 0)""".formatted(id, decidedAt));
    }

    private boolean isThere(String table, String column, String id) throws Exception {
        return store.count("select count(*) from engine." + table + " where " + column + " = '" + id + "'") > 0;
    }

    @Test
    void aRunThatEndedTooLongAgoGoesWithItsFactsAndLogs() throws Exception {
        run("old", LONG_AGO);
        run("young", LATELY);

        retention.round();

        for (String table : new String[] {"run", "fact", "step_log"}) {
            String column = table.equals("run") ? "id" : "run_id";
            assertThat(isThere(table, column, "old")).as(table).isFalse();
            assertThat(isThere(table, column, "young")).as(table).isTrue();
        }
    }

    @Test
    void aRunThatIsNotFinishedStaysHoweverOldItIs() throws Exception {
        run("open", "null");

        retention.round();

        assertThat(isThere("run", "id", "open")).isTrue();
        assertThat(isThere("fact", "run_id", "open")).isTrue();
        assertThat(isThere("step_log", "run_id", "open")).isTrue();
    }

    @Test
    void anEventGoesWhenItWasDecidedTooLongAgoAndNeverBeforeItIsDecided() throws Exception {
        event("old", LONG_AGO);
        event("young", LATELY);
        event("undecided", "null");

        retention.round();

        assertThat(isThere("event", "id", "old")).isFalse();
        assertThat(isThere("event", "id", "young")).isTrue();
        assertThat(isThere("event", "id", "undecided")).isTrue();
    }

    @Test
    void theOutboxIsLeftToItsRelay() throws Exception {
        store.execute("insert into engine.outbox (topic, key, headers, value, written_at)"
                + " values ('t', 'k', '', '', '2020-01-01T00:00:00Z')");

        retention.round();

        assertThat(store.count("select count(*) from engine.outbox")).isEqualTo(1);
    }

    @Test
    void moreThanOneBiteGoesInOneRound() throws Exception {
        store.execute("""
                insert into engine.event (id, arrived_at, endpoint, type, event, decisions, decided_at, attempts)
                select 'e-' || n, now(), 'x', 'push', '', '', %s, 0 from generate_series(1, 1200) n""".formatted(LONG_AGO));

        retention.round();

        assertThat(store.count("select count(*) from engine.event")).isZero();
    }

    @Test
    void oneReplicaAtATimeTakesOut() throws Exception {
        run("old", LONG_AGO);
        try (Connection other = store.source().getConnection();
                Statement statement = other.createStatement()) {
            statement.execute("select pg_advisory_lock(" + 0x656e67696e65L + ")");
            retention.round();
            assertThat(isThere("run", "id", "old")).isTrue();
            statement.execute("select pg_advisory_unlock(" + 0x656e67696e65L + ")");
        }

        retention.round();

        assertThat(isThere("run", "id", "old")).isFalse();
    }

    @Test
    void aRunThatIsBeingRetriedAtThisMomentStays() throws Exception {
        run("old", LONG_AGO);
        try (Connection other = store.source().getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("update engine.run set finished_at = null where id = 'old'");
            retention.round();
            other.commit();
            other.setAutoCommit(true);
        }

        retention.round();

        assertThat(isThere("run", "id", "old")).isTrue();
        assertThat(isThere("fact", "run_id", "old")).isTrue();
    }

    @Test
    void keepingNoLongerThanTheLogKeepsEventsIsRefused() {
        Duration week = Duration.ofDays(7);
        assertThatThrownBy(() -> new Retention((javax.sql.DataSource) store.source(), Clock.systemUTC(), week))
                .hasMessageContaining("tiphys.engine.keep is PT168H", "more than the PT168H");
    }
}
