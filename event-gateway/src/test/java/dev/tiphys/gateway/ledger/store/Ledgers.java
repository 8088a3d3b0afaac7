package dev.tiphys.gateway.ledger.store;

import dev.tiphys.gateway.ledger.LedgerEntry;
import dev.tiphys.gateway.ledger.LedgerId;
import dev.tiphys.gateway.ledger.LedgerRow;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import javax.sql.DataSource;

/** Writes into the ledger at once, for tests. */
public final class Ledgers {
    private static final Random RANDOM = new Random();

    private Ledgers() {}

    public static void write(DataSource source, LedgerEntry entry) {
        try (Connection connection = source.getConnection()) {
            new LedgerInsert(1_000_000)
                    .write(
                            connection,
                            List.of(new LedgerRow(LedgerId.of(entry.at(), RANDOM), entry, null)),
                            entry.at());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
