package dev.tiphys.gateway.ledger;

import org.jspecify.annotations.Nullable;

/** The ledger's database does not answer: try again later. */
public final class LedgerUnavailable extends RuntimeException {

    public LedgerUnavailable(String what, @Nullable Throwable cause) {
        super(what, cause);
    }
}
