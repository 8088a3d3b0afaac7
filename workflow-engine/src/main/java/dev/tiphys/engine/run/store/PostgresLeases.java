package dev.tiphys.engine.run.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.engine.run.DueTimers;
import dev.tiphys.engine.run.Incarnation;
import dev.tiphys.engine.run.Leases;
import dev.tiphys.engine.run.RunsUnavailable;
import io.agroal.api.AgroalDataSource;
import io.quarkus.agroal.DataSource;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Leases and timers in PostgreSQL; the database's clock judges whether a lease ran out. */
@Singleton
final class PostgresLeases implements Leases, DueTimers {
    /** In characters. A longer log of one step is cut: its end says so. */
    private static final long LONGEST_LOG = 8L << 20;

    private static final int MOST_TIMERS = 1000;

    private final javax.sql.DataSource source;

    @Inject
    PostgresLeases(@DataSource("engine") AgroalDataSource source) {
        this.source = source;
    }

    /** For a database that no container manages. */
    PostgresLeases(javax.sql.DataSource source) {
        this.source = source;
    }

    @Override
    public void endThoseOfEarlierLives(Incarnation incarnation) {
        update("""
                update engine.work set lease_until = to_timestamp(0)
                where starts_with(owner, ? || '/') and owner <> ?""", incarnation.instance(), incarnation.owner());
    }

    @Override
    public void release(Incarnation incarnation) {
        update("update engine.work set lease_until = to_timestamp(0) where owner = ?", incarnation.owner());
    }

    @Override
    public List<Leased> takeOver(Incarnation incarnation, int limit) {
        return query(
                """
                update engine.work w
                set owner = ?, lease = w.lease + 1, lease_until = now() + make_interval(secs => ?)
                from (select run_id, step, attempt from engine.work where lease_until < now()
                    order by lease_until limit ? for update skip locked) x
                where w.run_id = x.run_id and w.step = x.step and w.attempt = x.attempt
                returning w.run_id, w.step, w.attempt, w.lease, w.pipeline, w.kind, w.action, w.progress, w.deadline,
                    w.cancelled""",
                rows -> new Leased(
                        new Lease(rows.getString(1), rows.getString(2), rows.getInt(3), rows.getLong(4)),
                        rows.getString(5),
                        rows.getString(6),
                        tree(rows.getString(7)),
                        rows.getString(8) == null ? null : tree(rows.getString(8)),
                        instant(rows, 9),
                        rows.getString(10)),
                incarnation.owner(),
                (double) Lane.LEASE.toSeconds(),
                limit);
    }

    @Override
    public List<Held> prolong(Incarnation incarnation, Collection<Lease> open) {
        return query(
                """
                update engine.work set lease_until = now() + make_interval(secs => ?)
                where owner = ? and (run_id, step, attempt, lease) in (
                    select run, step, attempt, number
                    from jsonb_to_recordset(?::jsonb) as open(run text, step text, attempt int, number bigint))
                returning run_id, step, attempt, lease, cancelled""",
                rows -> new Held(
                        new Lease(rows.getString(1), rows.getString(2), rows.getInt(3), rows.getLong(4)),
                        rows.getString(5)),
                (double) Lane.LEASE.toSeconds(),
                incarnation.owner(),
                Json.text(open));
    }

    @Override
    public boolean save(Lease lease, JsonNode progress) {
        return update(
                        "update engine.work set progress = ? where run_id = ? and step = ? and attempt = ? and lease = ?",
                        progress.toString(),
                        lease.run(),
                        lease.step(),
                        lease.attempt(),
                        lease.number())
                == 1;
    }

    @Override
    public boolean append(Lease lease, String text) {
        // A full log is a held lease all the same: then nothing is written and the row of the work is still found.
        return query(
                                """
                        with given as (select ?::text as text),
                            held as (select run_id, step, attempt from engine.work
                                where run_id = ? and step = ? and attempt = ? and lease = ?),
                            kept as (select coalesce(sum(length(text)), 0) as signs from engine.step_log
                                where run_id = ? and step = ?),
                            written as (insert into engine.step_log (run_id, step, attempt, text)
                                select run_id, step, attempt, case when signs + length(text) <= ? then text
                                    else left(text, (? - signs)::int) || E'\\n[the log is longer than is kept]\\n' end
                                from held, kept, given where signs <= ? returning 1)
                        select 1 from held""",
                                rows -> rows.getInt(1),
                                text.replace("\0", "\uFFFD"),
                                lease.run(),
                                lease.step(),
                                lease.attempt(),
                                lease.number(),
                                lease.run(),
                                lease.step(),
                                LONGEST_LOG,
                                LONGEST_LOG,
                                LONGEST_LOG)
                        .size()
                == 1;
    }

    @Override
    public List<Due> dueBefore(Instant moment) {
        return query(
                """
                select run_id, key, due_at, input from engine.timer where due_at < ?::timestamptz
                order by due_at limit ?""",
                rows -> new Due(
                        rows.getString(1), rows.getString(2), instant(rows, 3), RunJson.input(rows.getString(4))),
                moment.toString(),
                MOST_TIMERS);
    }

    private interface RowReader<T> {
        T read(ResultSet rows) throws SQLException;
    }

    private <T> List<T> query(String sql, RowReader<T> reader, @Nullable Object... arguments) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = bound(connection, sql, arguments);
                ResultSet rows = statement.executeQuery()) {
            List<T> found = new ArrayList<>();
            while (rows.next()) {
                found.add(reader.read(rows));
            }
            return found;
        } catch (SQLException e) {
            throw new RunsUnavailable("the work cannot be read: " + e.getMessage(), e);
        }
    }

    private int update(String sql, @Nullable Object... arguments) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = bound(connection, sql, arguments)) {
            return statement.executeUpdate();
        } catch (SQLException e) {
            throw new RunsUnavailable("the work cannot be written: " + e.getMessage(), e);
        }
    }

    private static PreparedStatement bound(Connection connection, String sql, @Nullable Object... arguments)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < arguments.length; i++) {
            statement.setObject(i + 1, arguments[i]);
        }
        return statement;
    }

    private static Instant instant(ResultSet rows, int column) throws SQLException {
        return rows.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static JsonNode tree(String text) {
        try {
            return Json.mapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("stored work cannot be read: " + e.getMessage(), e);
        }
    }
}
