package dev.tiphys.syncer.sync.kafka;

import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.cloudevent.CloudEventCodec;
import dev.tiphys.contracts.cloudevent.Decoded;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.contracts.event.GitChange;
import dev.tiphys.platform.definitions.DefinitionsBehind;
import dev.tiphys.syncer.sync.Applications;
import io.smallrye.reactive.messaging.annotations.Blocking;
import jakarta.inject.Singleton;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/** Tells the applications of pushes. What cannot be read here is dead-lettered by the engine, which reads all events. */
@Singleton
final class Pushes {
    private static final Logger log = Logger.getLogger(Pushes.class);

    private final Applications applications;
    private final CatalogFeed catalog;

    Pushes(Applications applications, CatalogFeed catalog) {
        this.applications = applications;
        this.catalog = catalog;
    }

    @Incoming("syncer-events")
    @Blocking
    void onEvents(ConsumerRecords<String, byte[]> records) throws InterruptedException {
        for (ConsumerRecord<String, byte[]> record : records) {
            if (CloudEventCodec.read(record.headers(), record.value()) instanceof Decoded.Known(CloudEvent<?> event)
                    && event.data() instanceof ExternalEvent external
                    && external.git() != null) {
                tell(event, external.git());
            }
        }
    }

    /** A push that cannot be handled is made up for by the next question; it must not end the reading of the others. */
    private void tell(CloudEvent<?> event, GitChange change) throws InterruptedException {
        try {
            catchUp(event);
            applications.pushed(change);
        } catch (RuntimeException | Error e) {
            log.errorf(e, "push %s cannot be handled", event.id());
        }
    }

    private void catchUp(CloudEvent<?> event) throws InterruptedException {
        try {
            catalog.catchUp(event.causality().definitionsOffset());
        } catch (DefinitionsBehind e) {
            // An application that is only defined now asks its repository anyway, and the others are known.
            log.infof("push %s is handled with older definitions: %s", event.id(), e.getMessage());
        }
    }
}
