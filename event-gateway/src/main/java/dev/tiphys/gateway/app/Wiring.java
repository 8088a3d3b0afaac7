package dev.tiphys.gateway.app;

import dev.tiphys.contracts.Topic;
import dev.tiphys.contracts.cloudevent.CloudEventCodec;
import dev.tiphys.gateway.definitions.DefinitionDesk;
import dev.tiphys.gateway.definitions.DefinitionStore;
import dev.tiphys.gateway.definitions.Problems;
import dev.tiphys.gateway.intake.Arrival;
import dev.tiphys.gateway.intake.Intake;
import dev.tiphys.gateway.intake.KnownArrivals;
import dev.tiphys.gateway.intake.Outbox;
import dev.tiphys.gateway.intake.Taken;
import dev.tiphys.gateway.ledger.DeliveryLedger;
import dev.tiphys.gateway.schedule.Marks;
import dev.tiphys.gateway.schedule.Ticker;
import dev.tiphys.platform.expression.Expressions;
import dev.tiphys.platform.log.LogWriter;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Gives the cores what they work with. */
final class Wiring {

    @Produces
    @Singleton
    DefinitionDesk desk(DefinitionStore store, Expressions expressions) {
        return new DefinitionDesk(store, expressions::check);
    }

    @Produces
    @Singleton
    Problems problems() {
        return new Problems();
    }

    @Produces
    @Singleton
    Intake intake(
            LogWriter log,
            KnownArrivals known,
            @ConfigProperty(name = "tiphys.gateway.intake.max-under-way", defaultValue = "1000") int maxUnderWay,
            @ConfigProperty(name = "tiphys.gateway.intake.remembered", defaultValue = "100000") int remembered,
            @ConfigProperty(name = "tiphys.gateway.intake.ledger-patience", defaultValue = "250ms") Duration patience) {
        return new Outbox(
                events -> log.place(events.stream().map(Wiring::record).toList())
                        .thenApply(places -> places.stream()
                                .map(place -> new Taken.Position(place.partition(), place.offset()))
                                .toList()),
                known,
                new Outbox.Bounds(maxUnderWay, remembered, patience));
    }

    private static ProducerRecord<String, byte[]> record(Arrival.Outgoing outgoing) {
        return CloudEventCodec.write(Topic.EVENTS, outgoing.topicKey(), outgoing.event());
    }

    @Produces
    @Singleton
    KnownArrivals known() {
        return _ -> CompletableFuture.completedFuture(false);
    }

    @Produces
    @Singleton
    DeliveryLedger ledger() {
        return _ -> {};
    }

    @Produces
    @Singleton
    Ticker ticker(
            Marks marks,
            Intake intake,
            DeliveryLedger ledger,
            Clock clock,
            @ConfigProperty(name = "tiphys.gateway.schedules.patience", defaultValue = "30s") Duration patience) {
        return new Ticker(marks, intake, ledger, clock, patience);
    }
}
