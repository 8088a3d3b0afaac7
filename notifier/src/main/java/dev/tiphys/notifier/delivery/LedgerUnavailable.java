package dev.tiphys.notifier.delivery;

/** The ledger's database cannot be reached: nothing was changed, try again after a pause. */
public final class LedgerUnavailable extends RuntimeException {
    public LedgerUnavailable(Throwable cause) {
        super("the ledger's database cannot be reached", cause);
    }
}
