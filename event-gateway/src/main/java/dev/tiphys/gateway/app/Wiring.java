package dev.tiphys.gateway.app;

import dev.tiphys.gateway.definitions.DefinitionDesk;
import dev.tiphys.gateway.definitions.DefinitionStore;
import dev.tiphys.gateway.definitions.Problems;
import dev.tiphys.gateway.delivery.Invitations;
import dev.tiphys.gateway.intake.Intake;
import dev.tiphys.gateway.intake.KnownArrivals;
import dev.tiphys.gateway.intake.Outbox;
import dev.tiphys.gateway.ledger.DeliveryLedger;
import dev.tiphys.gateway.ledger.SecretUse;
import dev.tiphys.gateway.limit.Admission;
import dev.tiphys.gateway.limit.Rates;
import dev.tiphys.gateway.proof.Proof.Openness;
import dev.tiphys.gateway.reception.Reception;
import dev.tiphys.gateway.schedule.Marks;
import dev.tiphys.gateway.schedule.Ticker;
import dev.tiphys.gateway.sender.Senders;
import dev.tiphys.platform.expression.Expressions;
import dev.tiphys.platform.expression.Outlines;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Gives the cores what they work with. */
final class Wiring {

    @Produces
    @Singleton
    DefinitionDesk desk(DefinitionStore store, Expressions expressions, Outlines outlines) {
        return new DefinitionDesk(store, expressions::check, outlines);
    }

    @Produces
    @Singleton
    Problems problems() {
        return new Problems();
    }

    @Produces
    @Singleton
    Intake intake(
            Outbox.Publisher publisher,
            KnownArrivals known,
            MeterRegistry meters,
            @ConfigProperty(name = "tiphys.gateway.intake.max-under-way", defaultValue = "1000") int maxUnderWay,
            @ConfigProperty(name = "tiphys.gateway.intake.remembered", defaultValue = "10000") int remembered,
            @ConfigProperty(name = "tiphys.gateway.intake.ledger-patience", defaultValue = "250ms") Duration patience,
            @ConfigProperty(name = "tiphys.gateway.intake.stall", defaultValue = "1s") Duration stall) {
        Outbox outbox = new Outbox(
                publisher,
                new MeasuredLookups(known, meters),
                new Outbox.Bounds(maxUnderWay, remembered, patience, stall),
                System::nanoTime);
        Gauge.builder("tiphys.gateway.intake.underway", outbox, Outbox::underWay)
                .description("Arrivals that wait for the broker")
                .register(meters);
        Gauge.builder("tiphys.gateway.intake.underway.limit", () -> maxUnderWay)
                .description("How many arrivals may wait for the broker")
                .register(meters);
        return outbox;
    }

    @Produces
    @Singleton
    Admission admission(
            @ConfigProperty(name = "tiphys.gateway.rates.per-endpoint", defaultValue = "2500") double perEndpoint,
            @ConfigProperty(name = "tiphys.gateway.rates.per-endpoint-burst", defaultValue = "5000") double burst,
            @ConfigProperty(name = "tiphys.gateway.rates.overall", defaultValue = "10000") double overall,
            @ConfigProperty(name = "tiphys.gateway.rates.unverified-per-sender", defaultValue = "100")
                    double unverified) {
        return new Admission(new Rates(perEndpoint, burst, overall, unverified), System::nanoTime);
    }

    @Produces
    @Singleton
    Reception reception(
            Intake intake, Admission admission, DeliveryLedger ledger, Invitations invitations, SecretUse use) {
        return new Reception(new Reception.Means(intake, admission, ledger, invitations, use), System::nanoTime);
    }

    @Produces
    @Singleton
    Senders.Terms terms(
            Expressions expressions,
            @ConfigProperty(name = "tiphys.gateway.unverified-hooks", defaultValue = "refuse") String unverified) {
        return new Senders.Terms(
                unverified.equals("allow") ? Openness.OPEN_ALLOWED : Openness.PROOF_DEMANDED, expressions);
    }

    @Produces
    @Singleton
    Ticker ticker(
            Marks marks,
            Intake intake,
            DeliveryLedger ledger,
            MeterRegistry meters,
            Clock clock,
            @ConfigProperty(name = "tiphys.gateway.schedules.patience", defaultValue = "30s") Duration patience) {
        return new Ticker(marks, intake, new CountingLedger(ledger, meters), clock, patience);
    }
}
