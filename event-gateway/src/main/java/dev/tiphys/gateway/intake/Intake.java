package dev.tiphys.gateway.intake;

import java.util.concurrent.CompletionStage;

/**
 * The one way onto the log for everything that comes from outside: hooks, queues, schedules. What arrives again within the
 * time that the ledger goes back is not published again; readers deduplicate by (source, id) for the rest. Thread-safe.
 */
public interface Intake {

    /**
     * {@return a stage that completes when the broker has the arrival's events}
     *
     * <p>It fails with {@link TooLarge} if it never will be written. Any other failure, {@link Busy} among them, means that
     * nothing is known to be written: whoever sent it is to send it again.
     */
    CompletionStage<Taken> take(Arrival arrival);

    /** The most that the log takes of one event, in bytes; of less, if the topic's own {@code max.message.bytes} is less. */
    int LARGEST_EVENT = 32 * 1024 * 1024;

    /** The log takes nothing as large as this. */
    final class TooLarge extends RuntimeException {
        public TooLarge(Throwable cause) {
            super("the log takes no event as large as this", cause);
        }
    }

    /** Too much waits for the broker: try again in a moment. */
    final class Busy extends RuntimeException {
        Busy(int underWay) {
            super(underWay + " arrivals wait for the broker");
        }
    }
}
