package dev.tiphys.notifier.delivery.kafka;

import dev.tiphys.contracts.Topic;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.cloudevent.CloudEventCodec;
import dev.tiphys.contracts.notice.MessageOutcome;
import dev.tiphys.notifier.delivery.Deliveries;
import dev.tiphys.platform.log.LogUnavailable;
import dev.tiphys.platform.log.LogWriter;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.CompletionException;

/** Writes {@code tiphys.deliveries}. */
@Singleton
final class LogDeliveries implements Deliveries {
    private final LogWriter log;

    LogDeliveries(LogWriter log) {
        this.log = log;
    }

    @Override
    public void append(List<CloudEvent<MessageOutcome>> events) throws Unavailable {
        try {
            log.append(events.stream()
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
