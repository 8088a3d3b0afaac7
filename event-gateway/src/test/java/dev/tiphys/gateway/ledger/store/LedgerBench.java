package dev.tiphys.gateway.ledger.store;

import dev.tiphys.gateway.GatewayStore;
import dev.tiphys.gateway.ledger.Entries;
import dev.tiphys.gateway.ledger.LedgerId;
import dev.tiphys.gateway.ledger.LedgerRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What the ledger costs its database, in processor time of PostgreSQL, which Linux tells of each process. No test by its
 * name: it is run by hand with {@code -Dtest=LedgerBench}.
 */
@Tag("real")
class LedgerBench {
    private static final int ROWS = 100_000;
    private static final int BATCH = 250;
    private static final int TICKS_A_SECOND = 100;

    @Test
    void costs() throws Exception {
        try (GatewayStore store = GatewayStore.fresh();
                Connection connection = store.source().getConnection()) {
            LedgerInsert insert = new LedgerInsert(0);
            write(connection, insert, "warm", 10_000);
            long before = ticks(store);
            write(connection, insert, "d", ROWS);
            System.out.printf("one entry: %.1f us of the database%n", micros(store, before));

            KnownDeliveries known = new KnownDeliveries(store.source(), Clock.systemUTC());
            ask(known, "warm", 10_000);
            before = ticks(store);
            ask(known, "d", ROWS);
            System.out.printf(
                    "one question that is answered with yes: %.1f us of the database%n", micros(store, before));
            before = ticks(store);
            ask(known, "new", ROWS);
            System.out.printf(
                    "one question that is answered with no: %.1f us of the database%n", micros(store, before));
            known.close();
        }
    }

    private static void write(Connection connection, LedgerInsert insert, String prefix, int rows) throws Exception {
        Random random = new Random(1);
        for (int from = 0; from < rows; from += BATCH) {
            List<LedgerRow> batch = new ArrayList<>();
            for (int i = from; i < from + BATCH; i++) {
                Instant now = Instant.now();
                batch.add(new LedgerRow(
                        LedgerId.of(now, random), Entries.accepted("shop-" + i % 50, prefix + i, now), null));
            }
            insert.write(connection, batch, Instant.now());
        }
    }

    private static void ask(KnownDeliveries known, String prefix, int questions) {
        for (int from = 0; from < questions; from += BATCH) {
            List<CompletableFuture<Boolean>> answers = new ArrayList<>();
            for (int i = from; i < from + BATCH; i++) {
                String key = Entries.accepted("shop-" + i % 50, prefix + i, Instant.EPOCH)
                        .events()
                        .getFirst();
                answers.add(known.contains(key).toCompletableFuture());
            }
            answers.forEach(CompletableFuture::join);
        }
    }

    private static double micros(GatewayStore store, long before) throws IOException, SQLException {
        return (ticks(store) - before) * 1_000_000.0 / TICKS_A_SECOND / ROWS;
    }

    /** Of all processes of the server. */
    private static long ticks(GatewayStore store) throws IOException, SQLException {
        long sum = 0;
        try (Connection connection = store.source().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select pid from pg_stat_activity")) {
            while (rows.next()) {
                String stat = Files.readString(Path.of("/proc/" + rows.getLong(1) + "/stat"));
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
                sum += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
            }
        }
        return sum;
    }
}
