package dev.tiphys.engine.run.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Many writes to many tables as one statement: one round trip, and one flush when it is committed. */
final class Batch {

    private static final String DIVISION_BY_ZERO = "22012";

    /** A table's part of the statement; {@code exact} parts must touch as many rows as they were given. */
    private enum Part {
        CREATED("""
                insert into engine.run (id, pipeline, trigger_key, version, state, reason, repository, revision,
                    created_at, started_at, finished_at, run_trigger, outline, charter, progress)
                select a, b, c, d::bigint, e, f, g, h, i::timestamptz, j::timestamptz, k::timestamptz, l, m, n, o
                from unnest(%s) as x(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o)
                on conflict do nothing returning 1""", 15, true),
        CHANGED("""
                update engine.run r set version = c::bigint, state = d, reason = e, started_at = f::timestamptz,
                    finished_at = g::timestamptz, progress = h
                from unnest(%s) as x(a, b, c, d, e, f, g, h)
                where r.id = a and r.version = b::bigint returning 1""", 8, true),
        FACTS("""
                insert into engine.fact (run_id, sequence, at, event)
                select a, b::bigint, c::timestamptz, d from unnest(%s) as x(a, b, c, d) returning 1""", 4, true),
        TIMERS_CLEARED("""
                delete from engine.timer t using unnest(%s) as x(a, b)
                where t.run_id = a and t.key = b returning 1""", 2, false),
        TIMERS_SET("""
                insert into engine.timer (run_id, key, due_at, input)
                select a, b, c::timestamptz, d from unnest(%s) as x(a, b, c, d)
                on conflict (run_id, key) do update set due_at = excluded.due_at, input = excluded.input returning 1""", 4, true),
        LEASES_HELD("""
                select 1 from engine.work w join unnest(%s) as x(a, b, c, d)
                on w.run_id = a and w.step = b and w.attempt = c::integer and w.lease = d::bigint""", 4, true),
        WORK_ENDED("""
                delete from engine.work w using unnest(%s) as x(a, b, c)
                where w.run_id = a and w.step = b and w.attempt = c::integer returning 1""", 3, false),
        WORK_CANCELLED("""
                update engine.work w set cancelled = d from unnest(%s) as x(a, b, c, d)
                where w.run_id = a and w.step = b and w.attempt = c::integer returning 1""", 4, false),
        WORK_OFFERED("""
                insert into engine.work (run_id, step, attempt, pipeline, kind, action, deadline, lease, owner, lease_until)
                select a, b, c::integer, d, e, f, g::timestamptz, 1, h, i::timestamptz
                from unnest(%s) as x(a, b, c, d, e, f, g, h, i) returning 1""", 9, true),
        LINES("""
                update engine.line l set state = b from unnest(%s) as x(a, b) where l.key = a returning 1""", 2, true),
        LINES_LEFT("""
                delete from engine.line l using unnest(%s) as x(a) where l.key = a returning 1""", 1, false),
        OUTBOX("""
                insert into engine.outbox (topic, key, headers, value)
                select a, b, c, d from unnest(%s) with ordinality as x(a, b, c, d, position) order by position returning 1""", 4, true);

        private final String sql;
        private final int columns;
        private final boolean exact;

        Part(String sql, int columns, boolean exact) {
            this.sql = sql;
            this.columns = columns;
            this.exact = exact;
        }
    }

    private final Map<Part, List<@Nullable Object[]>> rows = new LinkedHashMap<>();

    void created(@Nullable Object... row) {
        add(Part.CREATED, row);
    }

    void changed(@Nullable Object... row) {
        add(Part.CHANGED, row);
    }

    void fact(@Nullable Object... row) {
        add(Part.FACTS, row);
    }

    void timerCleared(@Nullable Object... row) {
        add(Part.TIMERS_CLEARED, row);
    }

    void timerSet(@Nullable Object... row) {
        add(Part.TIMERS_SET, row);
    }

    void leaseHeld(@Nullable Object... row) {
        add(Part.LEASES_HELD, row);
    }

    void workEnded(@Nullable Object... row) {
        add(Part.WORK_ENDED, row);
    }

    void workCancelled(@Nullable Object... row) {
        add(Part.WORK_CANCELLED, row);
    }

    void workOffered(@Nullable Object... row) {
        add(Part.WORK_OFFERED, row);
    }

    void line(@Nullable Object... row) {
        add(Part.LINES, row);
    }

    void lineLeft(@Nullable Object... row) {
        add(Part.LINES_LEFT, row);
    }

    void outbox(@Nullable Object... row) {
        add(Part.OUTBOX, row);
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /** Writes everything, or fails with {@link Conflict} and writes nothing if somebody else wrote first. */
    void write(Connection connection) throws SQLException, Conflict {
        if (rows.isEmpty()) {
            return;
        }
        List<Part> parts = new ArrayList<>(rows.keySet());
        parts.sort(null);
        StringBuilder sql = new StringBuilder("with ");
        StringBuilder checks = new StringBuilder();
        for (Part part : parts) {
            String arrays = "?::text[], ".repeat(part.columns - 1) + "?::text[]";
            sql.append(part == parts.getFirst() ? "" : ", ")
                    .append(part.name())
                    .append(" as (")
                    .append(part.sql.formatted(arrays))
                    .append(')');
            if (part.exact) {
                checks.append("(select count(*) from ").append(part.name()).append(") = ? and ");
            }
        }
        // The statement is its own transaction: what does not touch what it should must break it, not merely be seen.
        sql.append(" select 1 / case when ").append(checks).append("true then 1 else 0 end");
        try (PreparedStatement statement = connection.prepareStatement(sql.toString())) {
            int index = 1;
            for (Part part : parts) {
                index = bind(connection, statement, part, index);
            }
            for (Part part : parts) {
                if (part.exact) {
                    statement.setInt(index, rowsOf(part).size());
                    index++;
                }
            }
            statement.execute();
        } catch (SQLException e) {
            if (DIVISION_BY_ZERO.equals(e.getSQLState())) {
                throw new Conflict("somebody else wrote first: " + parts, e);
            }
            throw e;
        }
    }

    private int bind(Connection connection, PreparedStatement statement, Part part, int first) throws SQLException {
        List<@Nullable Object[]> given = rowsOf(part);
        for (int column = 0; column < part.columns; column++) {
            @Nullable String[] values = new @Nullable String[given.size()];
            for (int row = 0; row < values.length; row++) {
                Object value = given.get(row)[column];
                // PostgreSQL keeps every character but this one; in JSON it is escaped.
                values[row] = value == null ? null : value.toString().replace('\0', '\uFFFD');
            }
            statement.setArray(first + column, connection.createArrayOf("text", values));
        }
        return first + part.columns;
    }

    private List<@Nullable Object[]> rowsOf(Part part) {
        return rows.getOrDefault(part, List.of());
    }

    private void add(Part part, @Nullable Object[] row) {
        if (row.length != part.columns) {
            throw new IllegalArgumentException(part + " has " + part.columns + " columns, given were " + row.length);
        }
        rows.computeIfAbsent(part, _ -> new ArrayList<>()).add(row);
    }

    /** Somebody else wrote first. */
    static final class Conflict extends Exception {
        Conflict(String what) {
            super(what);
        }

        Conflict(String what, Throwable cause) {
            super(what, cause);
        }
    }
}
