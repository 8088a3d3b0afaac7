package dev.tiphys.syncer.sync.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.tiphys.syncer.sync.ApplicationStore.StoreUnavailable;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Runs work in a transaction of its own. */
final class Transactions {

    private Transactions() {}

    /** What is done in a transaction. */
    @FunctionalInterface
    interface Work<T> {
        T with(Connection connection) throws SQLException, JsonProcessingException;
    }

    /**
     * {@return what the work returned, after the commit}
     *
     * @throws StoreUnavailable if nothing is known to be written
     */
    static <T> T run(DataSource database, Work<T> work) {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                T result = work.with(connection);
                connection.commit();
                return result;
            } catch (SQLException | JsonProcessingException | RuntimeException e) {
                rollback(connection, e);
                throw e;
            }
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("what is remembered cannot be read or written as JSON", e);
        } catch (SQLException e) {
            throw new StoreUnavailable("the database did not do it: " + e.getMessage(), e);
        }
    }

    private static void rollback(Connection connection, Exception cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e); // the connection is gone, and the transaction with it
        }
    }
}
