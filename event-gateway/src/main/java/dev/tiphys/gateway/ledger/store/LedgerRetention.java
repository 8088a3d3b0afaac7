package dev.tiphys.gateway.ledger.store;

import dev.tiphys.gateway.ledger.LedgerId;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/** Takes out what is older than the ledger goes back: in small bites, and one process at a time. */
final class LedgerRetention {
    private static final Logger log = Logger.getLogger(LedgerRetention.class);
    private static final int BITE = 5_000;
    private static final int MOST_BITES = 200;

    /** Any number that nobody else takes: the first letters of "ledger". */
    private static final long LOCK = 0x6c6564676572L;

    private final DataSource source;
    private final Duration kept;
    private final Duration parked;

    /**
     * @param kept how far the ledger goes back
     * @param parked how long a parked message waits for a person
     */
    LedgerRetention(DataSource source, Duration kept, Duration parked) {
        this.source = source;
        this.kept = kept;
        this.parked = parked;
    }

    /** {@return how many entries were taken out; what is left after a round is for the next one} */
    long round(Instant now) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            try (var locked = statement.executeQuery("select pg_try_advisory_lock(" + LOCK + ")")) {
                if (!locked.next() || !locked.getBoolean(1)) {
                    return 0;
                }
            }
            try {
                return takeOut(connection, now);
            } finally {
                statement.execute("select pg_advisory_unlock(" + LOCK + ")");
            }
        }
    }

    private long takeOut(Connection connection, Instant now) throws SQLException {
        UUID oldest = LedgerId.floor(now.minus(kept));
        long deliveries = inBites(connection, "gateway.delivery", "id < ?", oldest);
        inBites(connection, "gateway.delivery_payload", "id < ?", oldest);
        long given = inBites(
                connection,
                "gateway.parked",
                "redriven_at is null and parked_at < ?",
                now.minus(parked).atOffset(ZoneOffset.UTC));
        if (given > 0) {
            log.warnf("%d parked messages that nobody sent in again in %s were thrown away", given, parked);
        }
        Statements.update(
                connection,
                "delete from gateway.payload_day where day < ?",
                now.minus(kept).atOffset(ZoneOffset.UTC).toLocalDate());
        if (deliveries > 0) {
            log.debugf("%d entries of the delivery ledger were older than %s", deliveries, kept);
        }
        return deliveries;
    }

    private static long inBites(Connection connection, String table, String old, Object oldest) throws SQLException {
        long all = 0;
        for (int bite = 0; bite < MOST_BITES; bite++) {
            int gone = Statements.update(
                    connection,
                    "delete from " + table + " where id in (select id from " + table + " where " + old
                            + " order by id limit " + BITE + ")",
                    oldest);
            all += gone;
            if (gone < BITE) {
                break;
            }
        }
        return all;
    }
}
