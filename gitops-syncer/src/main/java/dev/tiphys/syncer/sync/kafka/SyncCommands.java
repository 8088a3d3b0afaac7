package dev.tiphys.syncer.sync.kafka;

import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.cloudevent.CloudEventCodec;
import dev.tiphys.contracts.cloudevent.Decoded;
import dev.tiphys.contracts.sync.SyncCommand;
import dev.tiphys.platform.log.DeadLetters;
import dev.tiphys.platform.log.RecordRefused;
import dev.tiphys.syncer.sync.Applications;
import dev.tiphys.syncer.sync.SyncInput;
import io.smallrye.reactive.messaging.annotations.Blocking;
import jakarta.inject.Singleton;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/** Hands the commands of runs to their applications, in the order of the log. */
@Singleton
final class SyncCommands {
    private static final Logger log = Logger.getLogger(SyncCommands.class);
    private static final String SERVICE = "gitops-syncer";

    private final Applications applications;
    private final CatalogFeed catalog;
    private final DeadLetters deadLetters;

    SyncCommands(Applications applications, CatalogFeed catalog, DeadLetters deadLetters) {
        this.applications = applications;
        this.catalog = catalog;
        this.deadLetters = deadLetters;
    }

    @Incoming("syncer-sync-commands")
    @Blocking
    void onCommands(ConsumerRecords<String, byte[]> records) throws InterruptedException {
        for (ConsumerRecord<String, byte[]> record : records) {
            onRecord(record);
        }
    }

    private void onRecord(ConsumerRecord<String, byte[]> record) throws InterruptedException {
        switch (CloudEventCodec.read(record.headers(), record.value())) {
            case Decoded.Known(CloudEvent<?> event) -> {
                if (event.data() instanceof SyncCommand command) {
                    onCommand(record, event, command);
                }
            }
            case Decoded.Unknown _, Decoded.Deleted _ -> {} // a newer writer's, or nobody's
            case Decoded.Unreadable(String reason) -> putAside(record, reason);
        }
    }

    private void onCommand(ConsumerRecord<String, byte[]> record, CloudEvent<?> event, SyncCommand command)
            throws InterruptedException {
        try {
            Causality causality = Causality.of(event);
            SyncInput input = switch (command) {
                case SyncCommand.SyncRequested requested -> new SyncInput.Requested(requested, causality);
                case SyncCommand.SyncWithdrawn withdrawn -> new SyncInput.Withdrawn(withdrawn, causality);
            };
            Patience.until("command " + event.id(), () -> {
                catalog.catchUp(event.causality().definitionsOffset());
                applications.handle(command.application(), input);
            });
        } catch (RuntimeException | Error e) {
            log.errorf(e, "command %s cannot be handled", event.id());
            putAside(record, "an error of the syncer: " + e);
        }
    }

    private void putAside(ConsumerRecord<String, byte[]> record, String reason) throws InterruptedException {
        try {
            Patience.until("a dead letter", () -> Waiting.forStage(deadLetters.put(record, SERVICE, reason, 1)));
        } catch (RecordRefused e) {
            // It stays where it is for as long as its topic keeps it; what comes behind it is not to blame.
            log.errorf(e, "record %s-%d@%d is passed over", record.topic(), record.partition(), record.offset());
        }
    }
}
