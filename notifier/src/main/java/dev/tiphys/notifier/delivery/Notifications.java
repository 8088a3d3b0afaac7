package dev.tiphys.notifier.delivery;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the ledger for people. */
public interface Notifications {

    /**
     * {@return lines of the ledger, newest first}
     *
     * @param run only of this run; null for all
     * @param state only in this state; null for all
     * @param below only those with a smaller id; null for the newest
     * @throws LedgerUnavailable if the database is away
     */
    List<Notification> list(@Nullable String run, @Nullable EntryState state, @Nullable Long below, int limit);
}
