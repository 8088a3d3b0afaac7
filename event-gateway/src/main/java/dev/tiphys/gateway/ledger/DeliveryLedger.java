package dev.tiphys.gateway.ledger;

/**
 * Remembers deliveries for as long as the ledger goes back. Writing never waits and never fails: entries are written in
 * batches a moment later, and while the database is away as many wait as may; those that are too many are counted and said,
 * not written. Thread-safe.
 */
@FunctionalInterface
public interface DeliveryLedger {

    /** Remembers a delivery. */
    void record(LedgerEntry entry);
}
