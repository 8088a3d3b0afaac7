package dev.tiphys.syncer.sync.kafka;

import dev.tiphys.platform.log.LogUnavailable;
import dev.tiphys.platform.log.RecordRefused;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

/** Waits for the log. */
final class Waiting {

    private Waiting() {}

    /**
     * Returns when the broker has it.
     *
     * @throws LogUnavailable if that is not known
     * @throws RecordRefused if the broker will never take it
     */
    static void forStage(CompletionStage<Void> stage) throws InterruptedException {
        try {
            stage.toCompletableFuture().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LogUnavailable unavailable) {
                throw unavailable;
            }
            if (e.getCause() instanceof RecordRefused refused) {
                throw refused;
            }
            throw new IllegalStateException("the log failed in an unknown way", e.getCause());
        }
    }
}
