package dev.tiphys.gateway.intake;

import java.util.concurrent.CompletionStage;

/** What was published before, by whichever process, as far back as the ledger goes. Thread-safe. */
@FunctionalInterface
public interface KnownArrivals {

    /** {@return whether the broker has the arrival with this key; it fails if that cannot be told now} */
    CompletionStage<Boolean> contains(String key);
}
