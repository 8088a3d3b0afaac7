package dev.tiphys.gateway.recovery.store;

import dev.tiphys.gateway.recovery.RecoveryBook;
import javax.sql.DataSource;

/** The real book, for tests. */
public final class Books {
    private Books() {}

    public static RecoveryBook over(DataSource source) {
        return new PostgresRecoveries(source);
    }
}
