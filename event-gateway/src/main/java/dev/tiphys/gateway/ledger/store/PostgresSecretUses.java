package dev.tiphys.gateway.ledger.store;

import dev.tiphys.gateway.ledger.LedgerUnavailable;
import dev.tiphys.gateway.ledger.SecretUse.Generation;
import dev.tiphys.gateway.ledger.SecretUse.Known;
import dev.tiphys.gateway.ledger.SecretUses;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** When secrets were used, in PostgreSQL. */
final class PostgresSecretUses implements SecretUses {
    /** Of the same value the earliest beginning and the latest use count; another value counts if it was seen later. */
    private static final String WRITE = """
            insert into gateway.secret_use as known (endpoint, generation, value_check, since, last_used_at)
            select * from unnest(?::text[], ?::int2[], ?::int4[], ?::timestamptz[], ?::timestamptz[])
            on conflict (endpoint, generation) do update set
                value_check = excluded.value_check,
                since = case when known.value_check is not distinct from excluded.value_check
                    then least(known.since, excluded.since) else excluded.since end,
                last_used_at = case when known.value_check is not distinct from excluded.value_check
                    then greatest(known.last_used_at, excluded.last_used_at) else excluded.last_used_at end
            where known.value_check is not distinct from excluded.value_check or excluded.since > known.since""";

    private final DataSource source;

    PostgresSecretUses(DataSource source) {
        this.source = source;
    }

    @Override
    public void write(List<Known> known) {
        // In one order everywhere, so that processes do not wait for each other in a ring.
        List<Known> sorted = known.stream()
                .sorted(Comparator.comparing((Known one) -> one.generation().endpoint())
                        .thenComparingInt(one -> one.generation().number()))
                .toList();
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(WRITE)) {
            statement.setArray(
                    1,
                    connection.createArrayOf(
                            "text",
                            sorted.stream()
                                    .map(one -> one.generation().endpoint())
                                    .toArray()));
            statement.setArray(
                    2,
                    connection.createArrayOf(
                            "int2",
                            sorted.stream()
                                    .map(one -> (short) one.generation().number())
                                    .toArray()));
            statement.setArray(
                    3,
                    connection.createArrayOf(
                            "int4", sorted.stream().map(Known::check).toArray()));
            statement.setArray(
                    4,
                    connection.createArrayOf(
                            "timestamptz",
                            sorted.stream().map(one -> timestamp(one.since())).toArray()));
            statement.setArray(
                    5,
                    connection.createArrayOf(
                            "timestamptz",
                            sorted.stream()
                                    .map(one -> timestamp(one.lastUsedAt()))
                                    .toArray()));
            statement.executeUpdate();
        } catch (SQLException e) {
            throw new LedgerUnavailable("the use of secrets cannot be written: " + e.getMessage(), e);
        }
    }

    private static @Nullable Timestamp timestamp(@Nullable Instant moment) {
        return moment == null ? null : Timestamp.from(moment);
    }

    @Override
    public List<Known> all() {
        return Statements.query(
                source,
                "select endpoint, generation, value_check, since, last_used_at from gateway.secret_use",
                PostgresSecretUses::known);
    }

    private static Known known(ResultSet rows) throws SQLException {
        OffsetDateTime used = rows.getObject(5, OffsetDateTime.class);
        return new Known(
                new Generation(rows.getString(1), rows.getInt(2)),
                rows.getObject(3, Integer.class),
                Objects.requireNonNull(rows.getObject(4, OffsetDateTime.class)).toInstant(),
                used == null ? null : used.toInstant());
    }
}
