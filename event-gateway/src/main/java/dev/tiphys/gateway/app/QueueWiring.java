package dev.tiphys.gateway.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiphys.contracts.Topic;
import dev.tiphys.contracts.audit.ActionTaken;
import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.gateway.intake.Intake;
import dev.tiphys.gateway.ledger.DeliveryLedger;
import dev.tiphys.gateway.queue.MessageDesk;
import dev.tiphys.gateway.queue.Parked;
import dev.tiphys.gateway.queue.ParkingLot;
import dev.tiphys.gateway.queue.QueueMessage;
import dev.tiphys.gateway.queue.QueueWatches;
import dev.tiphys.gateway.queue.RedriveDesk;
import dev.tiphys.gateway.queue.Subscription;
import dev.tiphys.gateway.queue.Trouble;
import dev.tiphys.gateway.trace.Tracing;
import dev.tiphys.platform.definitions.Definitions;
import dev.tiphys.platform.expression.Expressions;
import dev.tiphys.platform.log.DeadLetters;
import dev.tiphys.platform.log.LogUnavailable;
import dev.tiphys.platform.log.LogWriter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Gives the readers of queues what they work with. */
final class QueueWiring {

    @Produces
    @Singleton
    QueueWatches watches(Clock clock, QueueMeters measured) {
        return new QueueWatches(clock::instant, measured::follow);
    }

    @Produces
    @Singleton
    MessageDesk messages(
            Intake intake,
            ParkingLot lot,
            DeadLetters deadLetters,
            DeliveryLedger ledger,
            Expressions expressions,
            Definitions definitions,
            MeterRegistry meters,
            QueueMeters measured,
            Tracing tracing,
            Clock clock) {
        return new MessageDesk(new MessageDesk.Means(
                intake,
                lot,
                parked -> aside(deadLetters, parked),
                new CountingLedger(ledger, meters),
                expressions,
                () -> definitions.current().offset(),
                measured,
                QueueWiring::trouble,
                tracing,
                clock::instant));
    }

    @Produces
    @Singleton
    RedriveDesk redrive(ParkingLot lot, MessageDesk desk, Definitions definitions, LogWriter log, Clock clock) {
        return new RedriveDesk(
                lot,
                desk,
                () -> Subscription.of(definitions.current().all()),
                QueueWiring::trouble,
                (actor, action, parked) ->
                        log.append(Topic.AUDIT, actor, audit(actor, action, parked, clock.instant())),
                clock::instant);
    }

    /** What the log itself says about a record is about that record; all else is about the log. */
    private static Trouble trouble(Throwable failure) {
        return failure instanceof LogUnavailable
                        || failure instanceof Intake.Busy
                        || failure instanceof IllegalStateException
                ? Trouble.AWAY
                : Trouble.MESSAGE;
    }

    /** A message of a queue is on no topic of ours: the queue stands for the topic, the number of its parking for the offset. */
    private static CompletionStage<Void> aside(DeadLetters deadLetters, Parked parked) {
        QueueMessage message = parked.message();
        ConsumerRecord<String, byte[]> record =
                new ConsumerRecord<>(parked.queue(), 0, parked.id(), message.group(), message.body());
        message.headers().forEach((name, value) -> record.headers().add(name, value.getBytes(UTF_8)));
        message.attributes()
                .forEach((name, attribute) ->
                        record.headers().add(name, attribute.value().getBytes(UTF_8)));
        return deadLetters.put(record, "gateway", parked.reason(), message.receives());
    }

    private static CloudEvent<ActionTaken> audit(String actor, String action, Parked parked, Instant now) {
        String target = "parked message " + parked.id() + " of queue " + parked.queue();
        return new CloudEvent<>(
                UUID.randomUUID().toString(),
                "/tiphys/gateway",
                target,
                now,
                Causality.NONE,
                new ActionTaken(actor, action, target, null));
    }
}
