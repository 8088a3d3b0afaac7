package dev.tiphys.notifier.delivery.kafka;

import dev.tiphys.contracts.Topic;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.cloudevent.CloudEventCodec;
import dev.tiphys.contracts.notice.MessageOutcome;
import dev.tiphys.notifier.delivery.Deliveries;
import dev.tiphys.platform.log.LogUnavailable;
import dev.tiphys.platform.log.LogWriter;
import dev.tiphys.platform.log.RecordRefused;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jboss.logging.Logger;

/** Writes {@code tiphys.deliveries}. */
@Singleton
final class LogDeliveries implements Deliveries {
    private static final Logger log = Logger.getLogger(LogDeliveries.class);

    private final LogWriter writer;

    LogDeliveries(LogWriter writer) {
        this.writer = writer;
    }

    @Override
    public void append(List<CloudEvent<MessageOutcome>> events) throws Unavailable {
        try {
            write(events);
        } catch (CompletionException e) {
            if (!(e.getCause() instanceof RecordRefused)) {
                throw e;
            }
            for (CloudEvent<MessageOutcome> event : events) {
                appendAlone(event);
            }
        }
    }

    /** What the broker will never take holds up nothing behind it: the ledger has it. */
    private void appendAlone(CloudEvent<MessageOutcome> event) throws Unavailable {
        try {
            write(List.of(event));
        } catch (CompletionException e) {
            if (!(e.getCause() instanceof RecordRefused)) {
                throw e;
            }
            log.errorf(e, "outcome %s is given up", event.id());
        }
    }

    private void write(List<CloudEvent<MessageOutcome>> events) throws Unavailable {
        try {
            writer.append(events.stream()
                            .map(event -> CloudEventCodec.write(
                                    Topic.DELIVERIES, event.data().thread(), event))
                            .toList())
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof LogUnavailable) {
                throw new Unavailable(e);
            }
            throw e;
        } catch (LogUnavailable e) {
            throw new Unavailable(e);
        }
    }
}
