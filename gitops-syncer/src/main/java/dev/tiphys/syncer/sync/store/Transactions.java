package dev.tiphys.syncer.sync.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.tiphys.syncer.sync.ApplicationStore.StoreUnavailable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import javax.sql.DataSource;

/** Runs work in a transaction of its own. */
final class Transactions {
    /** SQLState classes of statements that are wrong in themselves: features, data, integrity, syntax, sizes. */
    private static final Set<String> OURS = Set.of("0A", "22", "23", "42", "54");

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
     * @throws IllegalStateException if the database can never do it: nothing is written, and trying again does not help
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
            if (isOurs(e)) {
                throw new IllegalStateException("the database can never do it, SQLState " + e.getSQLState(), e);
            }
            throw new StoreUnavailable("the database did not do it: " + e.getMessage(), e);
        }
    }

    private static boolean isOurs(SQLException e) {
        String state = e.getSQLState();
        return state != null && state.length() == 5 && OURS.contains(state.substring(0, 2));
    }

    private static void rollback(Connection connection, Exception cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e); // the connection is gone, and the transaction with it
        }
    }
}
