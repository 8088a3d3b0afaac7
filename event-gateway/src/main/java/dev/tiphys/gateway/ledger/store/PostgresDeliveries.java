package dev.tiphys.gateway.ledger.store;

import dev.tiphys.gateway.ledger.Deliveries;
import dev.tiphys.gateway.ledger.LedgerEntry;
import dev.tiphys.gateway.ledger.LedgerEntry.Payload;
import dev.tiphys.gateway.ledger.LedgerEntry.Place;
import dev.tiphys.gateway.ledger.LedgerEntry.Took;
import dev.tiphys.gateway.ledger.LedgerEntry.Way;
import dev.tiphys.gateway.ledger.LedgerId;
import dev.tiphys.gateway.ledger.LedgerRow;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Reads the ledger. */
final class PostgresDeliveries implements Deliveries {
    private static final String COLUMNS = """
            select id, received_at, endpoint, way, verdict, reason, delivery_id, type, events, partition, at_offset, secret,
                bytes, receiving_us, judging_us, publishing_us, count, replay_of, recovered, not_kept
            from gateway.delivery""";

    private final DataSource source;

    PostgresDeliveries(DataSource source) {
        this.source = source;
    }

    @Override
    public List<Known> list(Filter filter, int limit) {
        StringBuilder sql = new StringBuilder(COLUMNS).append(" where true");
        List<Object> arguments = new ArrayList<>();
        and(sql, arguments, "endpoint = ?", filter.endpoint());
        and(sql, arguments, "verdict = ?", filter.verdict());
        and(sql, arguments, "id >= ?", filter.from() == null ? null : LedgerId.floor(filter.from()));
        and(sql, arguments, "id < ?", filter.to() == null ? null : LedgerId.floor(filter.to()));
        and(sql, arguments, "id < ?", filter.after());
        sql.append(" order by id desc limit ?");
        arguments.add(limit);
        return Statements.query(source, sql.toString(), PostgresDeliveries::known, arguments.toArray());
    }

    private static void and(StringBuilder sql, List<Object> arguments, String condition, @Nullable Object argument) {
        if (argument != null) {
            sql.append(" and ").append(condition);
            arguments.add(argument);
        }
    }

    @Override
    public Optional<Known> find(UUID id) {
        return Statements.query(source, COLUMNS + " where id = ?", PostgresDeliveries::known, id).stream()
                .findFirst();
    }

    @Override
    public Optional<Known> ofEvent(String event) {
        return Statements.query(
                        source,
                        COLUMNS + " where key_hash = ? and verdict = 'accepted' and partition is not null",
                        PostgresDeliveries::known,
                        LedgerRow.hash(event))
                .stream()
                .filter(known -> known.entry().events().getFirst().equals(event))
                .findFirst();
    }

    @Override
    public Optional<Payload> kept(UUID id) {
        return Statements.query(
                        source,
                        "select content from gateway.delivery_payload where id = ?",
                        rows -> PayloadContent.read(rows.getBytes(1)),
                        id)
                .stream()
                .findFirst();
    }

    private static Known known(ResultSet rows) throws SQLException {
        Integer partition = rows.getObject("partition", Integer.class);
        String events = rows.getString("events");
        UUID replayOf = rows.getObject("replay_of", UUID.class);
        return new Known(
                rows.getObject("id", UUID.class),
                new LedgerEntry(
                        Objects.requireNonNull(rows.getObject("received_at", OffsetDateTime.class))
                                .toInstant(),
                        rows.getString("endpoint"),
                        Way.valueOf(rows.getString("way").toUpperCase(Locale.ROOT)),
                        rows.getString("verdict"),
                        rows.getString("reason"),
                        rows.getString("delivery_id"),
                        rows.getString("type"),
                        events.isEmpty() ? List.of() : List.of(events.split("\n", -1)),
                        partition == null ? null : new Place(partition, rows.getLong("at_offset")),
                        rows.getObject("secret", Integer.class),
                        rows.getLong("bytes"),
                        new Took(
                                micros(rows, "receiving_us"),
                                micros(rows, "judging_us"),
                                micros(rows, "publishing_us")),
                        replayOf == null ? null : replayOf.toString(),
                        null,
                        rows.getInt("count")),
                rows.getBoolean("recovered"),
                rows.getString("not_kept"));
    }

    private static Duration micros(ResultSet rows, String column) throws SQLException {
        return Duration.ofNanos(rows.getLong(column) * 1000);
    }
}
