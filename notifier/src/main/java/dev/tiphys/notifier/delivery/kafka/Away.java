package dev.tiphys.notifier.delivery.kafka;

import dev.tiphys.notifier.delivery.LedgerUnavailable;
import dev.tiphys.platform.log.LogUnavailable;
import java.util.concurrent.CompletionException;

/** Tells what will be there again from what is wrong. */
final class Away {

    private Away() {}

    /** {@return whether the database or the broker is away: waiting helps} */
    static boolean isBehind(RuntimeException e) {
        return e instanceof LedgerUnavailable
                || e instanceof LogUnavailable
                || (e instanceof CompletionException && e.getCause() instanceof LogUnavailable);
    }
}
