package dev.tiphys.notifier.delivery.store;

import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells a database that is away or busy from a statement that can never succeed. */
final class Outage {
    /** SQLState classes of statements that are wrong in themselves: features, data, integrity, syntax, sizes. */
    private static final Set<String> OURS = Set.of("0A", "22", "23", "42", "54");

    private Outage() {}

    /** {@return whether a failure comes from a database that may be well again later} */
    static boolean isBehind(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                String state = sql.getSQLState();
                return state == null || state.length() < 2 || !OURS.contains(state.substring(0, 2));
            }
        }
        return false;
    }
}
