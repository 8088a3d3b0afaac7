package dev.tiphys.notifier.app;

import dev.tiphys.notifier.delivery.Chat;
import dev.tiphys.notifier.delivery.Courier;
import dev.tiphys.notifier.delivery.Deliveries;
import dev.tiphys.notifier.delivery.Intake;
import dev.tiphys.notifier.delivery.Ledger;
import dev.tiphys.notifier.delivery.Limits;
import dev.tiphys.notifier.delivery.Reporter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;

/** Gives the core its ports. */
final class Wiring {
    /** A call may be followed or preceded by a look of as many pages as it takes. */
    private static final int CALLS_IN_A_LEASE = 4;

    @Produces
    @Singleton
    Limits limits(NotifierConfig config, MeterRegistry meters) {
        Limits limits = new Limits(
                new Limits.Rate(config.postEvery(), config.postBurst()),
                new Limits.Rate(config.editEvery(), config.editBurst()),
                config.barredFor());
        Gauge.builder("tiphys.notifier.workspaces.barred", limits, Limits::barred)
                .description("Workspaces that do not take us: their secret is wrong or missing")
                .register(meters);
        return limits;
    }

    @Produces
    @Singleton
    Courier courier(Ledger ledger, Chat chat, Limits limits, NotifierConfig config, Clock clock) {
        Duration lease = config.callTimeout().multipliedBy(CALLS_IN_A_LEASE);
        return new Courier(ledger, chat, limits, new Courier.Patience(lease, config.giveUpAfter()), clock);
    }

    @Produces
    @Singleton
    Intake intake(Ledger ledger, Bell bell) {
        return new Intake(ledger, bell::ring);
    }

    @Produces
    @Singleton
    Reporter reporter(Ledger ledger, Deliveries deliveries) {
        return new Reporter(ledger, deliveries);
    }
}
