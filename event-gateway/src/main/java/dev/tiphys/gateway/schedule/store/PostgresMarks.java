package dev.tiphys.gateway.schedule.store;

import dev.tiphys.gateway.schedule.Marks;
import io.agroal.api.AgroalDataSource;
import io.quarkus.agroal.DataSource;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Marks as rows: who holds a row's lock works on its schedule. */
@Singleton
final class PostgresMarks implements Marks {
    private final AgroalDataSource source;

    PostgresMarks(@DataSource("gateway") AgroalDataSource source) {
        this.source = source;
    }

    /** Something that is done in one transaction. */
    private interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    @Override
    public void keep(Map<String, Instant> firstSeen, long version) {
        // All processes lock the rows in the same order.
        List<Map.Entry<String, Instant>> rows = List.copyOf(new TreeMap<>(firstSeen).entrySet());
        String[] keys = rows.stream().map(Map.Entry::getKey).toArray(String[]::new);
        inTransaction(connection -> {
            try (PreparedStatement insert = connection.prepareStatement("""
                    insert into gateway.schedule (key, handled_to, definitions) values (?, ?, ?)
                    on conflict (key) do nothing""")) {
                for (Map.Entry<String, Instant> row : rows) {
                    insert.setString(1, row.getKey());
                    insert.setObject(2, row.getValue().atOffset(ZoneOffset.UTC));
                    insert.setLong(3, version);
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            // Nobody waits for a process that is firing a tick: what it holds is there, too.
            try (PreparedStatement update = connection.prepareStatement("""
                    update gateway.schedule set definitions = ? where key in (select key from gateway.schedule
                        where key = any (?) and definitions < ? order by key for update skip locked)""")) {
                update.setLong(1, version);
                update.setArray(2, connection.createArrayOf("text", keys));
                update.setLong(3, version);
                update.executeUpdate();
            }
            try (PreparedStatement delete = connection.prepareStatement("""
                    delete from gateway.schedule where definitions < ? and key <> all (?)""")) {
                delete.setLong(1, version);
                delete.setArray(2, connection.createArrayOf("text", keys));
                delete.executeUpdate();
            }
            return 0;
        });
    }

    @Override
    public Map<String, Mark> all() {
        return inTransaction(connection -> {
            try (PreparedStatement select =
                    connection.prepareStatement("select key, handled_to, last_tick from gateway.schedule")) {
                return marks(select);
            }
        });
    }

    @Override
    public Map<String, Mark> take(Collection<String> keys, UnaryOperator<Map<String, Mark>> work) {
        return inTransaction(connection -> {
            Map<String, Mark> locked;
            try (PreparedStatement select = connection.prepareStatement("""
                    select key, handled_to, last_tick from gateway.schedule where key = any (?)
                    order by key for update skip locked""")) {
                select.setArray(1, connection.createArrayOf("text", keys.toArray()));
                locked = marks(select);
            }
            Map<String, Mark> moved = work.apply(locked);
            try (PreparedStatement update = connection.prepareStatement(
                    "update gateway.schedule set handled_to = ?, last_tick = ? where key = ?")) {
                for (Map.Entry<String, Mark> each : moved.entrySet()) {
                    Instant last = each.getValue().lastTick();
                    update.setObject(1, each.getValue().handled().atOffset(ZoneOffset.UTC));
                    update.setObject(2, last == null ? null : last.atOffset(ZoneOffset.UTC));
                    update.setString(3, each.getKey());
                    update.addBatch();
                }
                update.executeBatch();
            }
            return moved;
        });
    }

    private static Map<String, Mark> marks(PreparedStatement select) throws SQLException {
        Map<String, Mark> found = new LinkedHashMap<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                OffsetDateTime last = rows.getObject(3, OffsetDateTime.class);
                found.put(
                        rows.getString(1),
                        new Mark(
                                rows.getObject(2, OffsetDateTime.class).toInstant(),
                                last == null ? null : last.toInstant()));
            }
        }
        return found;
    }

    private <T> T inTransaction(Work<T> work) {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            boolean done = false;
            try {
                T result = work.on(connection);
                connection.commit();
                done = true;
                return result;
            } finally {
                if (!done) {
                    connection.rollback();
                }
            }
        } catch (SQLException e) {
            throw new MarksUnavailable(String.valueOf(e.getMessage()), e);
        }
    }
}
