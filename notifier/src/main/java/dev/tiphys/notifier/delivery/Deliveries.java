package dev.tiphys.notifier.delivery;

import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.notice.MessageOutcome;
import java.util.List;

/** Tells readers of {@code tiphys.deliveries} what became of messages. */
public interface Deliveries {

    /** The broker cannot be reached: nothing is known to be written, try again later. */
    final class Unavailable extends Exception {
        public Unavailable(Throwable cause) {
            super("the broker cannot be reached", cause);
        }
    }

    /**
     * Appends the events in order; returns when the broker has them. A reader that sees one twice knows it by its id.
     *
     * @throws Unavailable if that is not known
     */
    void append(List<CloudEvent<MessageOutcome>> events) throws Unavailable;
}
