package dev.tiphys.gateway.ledger.store;

import dev.tiphys.gateway.ledger.LedgerEntry;
import dev.tiphys.gateway.ledger.LedgerRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes entries: a batch is one statement of one round trip, and may be written again if it is not known to be there. */
final class LedgerInsert {
    private static final int LONGEST_TEXT = 500;

    private static final String ROWS = """
            insert into gateway.delivery (id, received_at, endpoint, way, verdict, reason, delivery_id, type, events, key_hash,
                partition, at_offset, secret, bytes, receiving_us, judging_us, publishing_us, count, replay_of, not_kept)
            select * from unnest(?::uuid[], ?::timestamptz[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
                ?::text[], ?::int8[], ?::int4[], ?::int8[], ?::int2[], ?::int8[], ?::int4[], ?::int4[], ?::int4[], ?::int4[],
                ?::uuid[], ?::text[])
            on conflict (id) do nothing""";

    private static final String PAYLOADS = """
            insert into gateway.delivery_payload (id, content) select * from unnest(?::uuid[], ?::bytea[])
            on conflict (id) do nothing""";

    private static final String ROOM = """
            insert into gateway.payload_day as today (day, bytes) values (?::date, ?)
            on conflict (day) do update set bytes = today.bytes + excluded.bytes
            where today.bytes + excluded.bytes <= ? returning bytes""";

    private final long payloadsOfADay;

    LedgerInsert(long payloadsOfADay) {
        this.payloadsOfADay = payloadsOfADay;
    }

    void write(Connection connection, List<LedgerRow> rows, Instant now) throws SQLException {
        if (rows.stream().allMatch(row -> row.entry().payload() == null)) {
            insert(connection, rows);
            return;
        }
        connection.setAutoCommit(false);
        try {
            insert(connection, withPayloads(connection, rows, now));
            connection.commit();
        } catch (SQLException | RuntimeException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    /** All payloads of a batch are kept or none: what the day has room for need not be exact. */
    private List<LedgerRow> withPayloads(Connection connection, List<LedgerRow> rows, Instant now) throws SQLException {
        List<LedgerRow> held =
                rows.stream().filter(row -> row.entry().payload() != null).toList();
        List<byte[]> contents = held.stream()
                .map(row -> PayloadContent.of(row.entry().payload()))
                .toList();
        long bytes = contents.stream().mapToLong(content -> content.length).sum();
        if (bytes > payloadsOfADay || !isRoom(connection, bytes, now)) {
            return rows.stream()
                    .map(row -> row.entry().payload() == null
                            ? row
                            : row.without("the " + payloadsOfADay + " bytes that are kept of a day were used up"))
                    .toList();
        }
        try (PreparedStatement statement = connection.prepareStatement(PAYLOADS)) {
            statement.setArray(1, array(connection, "uuid", held, LedgerRow::id));
            statement.setArray(2, connection.createArrayOf("bytea", contents.toArray(byte[][]::new)));
            statement.executeUpdate();
        }
        return rows;
    }

    private boolean isRoom(Connection connection, long bytes, Instant now) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ROOM)) {
            statement.setObject(1, now.atOffset(ZoneOffset.UTC).toLocalDate());
            statement.setLong(2, bytes);
            statement.setLong(3, payloadsOfADay);
            try (var found = statement.executeQuery()) {
                return found.next();
            }
        }
    }

    private static void insert(Connection connection, List<LedgerRow> rows) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ROWS)) {
            int place = 1;
            statement.setArray(place++, array(connection, "uuid", rows, LedgerRow::id));
            statement.setArray(
                    place++,
                    array(
                            connection,
                            "timestamptz",
                            rows,
                            row -> Timestamp.from(row.entry().at())));
            statement.setArray(place++, texts(connection, rows, LedgerEntry::endpoint));
            statement.setArray(
                    place++, texts(connection, rows, entry -> entry.way().name().toLowerCase(Locale.ROOT)));
            statement.setArray(place++, texts(connection, rows, LedgerEntry::verdict));
            statement.setArray(place++, texts(connection, rows, LedgerEntry::reason));
            statement.setArray(place++, texts(connection, rows, LedgerEntry::deliveryId));
            statement.setArray(place++, texts(connection, rows, LedgerEntry::type));
            statement.setArray(
                    place++,
                    array(
                            connection,
                            "text",
                            rows,
                            row -> clean(String.join("\n", row.entry().events()))));
            statement.setArray(place++, array(connection, "int8", rows, LedgerRow::keyHash));
            statement.setArray(place++, array(connection, "int4", rows, row -> {
                LedgerEntry.Place at = row.entry().position();
                return at == null ? null : at.partition();
            }));
            statement.setArray(place++, array(connection, "int8", rows, row -> {
                LedgerEntry.Place at = row.entry().position();
                return at == null ? null : at.offset();
            }));
            statement.setArray(place++, array(connection, "int2", rows, row -> {
                Integer secret = row.entry().secret();
                return secret == null ? null : secret.shortValue();
            }));
            statement.setArray(
                    place++, array(connection, "int8", rows, row -> row.entry().bytes()));
            statement.setArray(
                    place++,
                    array(
                            connection,
                            "int4",
                            rows,
                            row -> micros(row.entry().took().receiving())));
            statement.setArray(
                    place++,
                    array(
                            connection,
                            "int4",
                            rows,
                            row -> micros(row.entry().took().judging())));
            statement.setArray(
                    place++,
                    array(
                            connection,
                            "int4",
                            rows,
                            row -> micros(row.entry().took().publishing())));
            statement.setArray(
                    place++, array(connection, "int4", rows, row -> row.entry().count()));
            statement.setArray(place++, array(connection, "uuid", rows, row -> {
                String of = row.entry().replayOf();
                return of == null ? null : UUID.fromString(of);
            }));
            statement.setArray(place, array(connection, "text", rows, LedgerRow::notKept));
            statement.executeUpdate();
        }
    }

    private static java.sql.Array texts(
            Connection connection, List<LedgerRow> rows, Function<LedgerEntry, @Nullable String> text)
            throws SQLException {
        return array(connection, "text", rows, row -> {
            String value = text.apply(row.entry());
            return value == null ? null : shortened(clean(value));
        });
    }

    private static java.sql.Array array(
            Connection connection, String type, List<LedgerRow> rows, Function<LedgerRow, @Nullable Object> value)
            throws SQLException {
        @Nullable Object[] values = new Object[rows.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = value.apply(rows.get(i));
        }
        return connection.createArrayOf(type, values);
    }

    /** Strangers may send what the database does not hold. */
    private static String clean(String text) {
        return text.indexOf('\0') < 0 ? text : text.replace('\0', '\uFFFD');
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT);
    }

    private static int micros(Duration duration) {
        return Math.clamp(duration.toNanos() / 1000, 0, Integer.MAX_VALUE);
    }
}
