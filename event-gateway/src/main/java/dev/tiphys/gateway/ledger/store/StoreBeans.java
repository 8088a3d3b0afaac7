package dev.tiphys.gateway.ledger.store;

import dev.tiphys.gateway.ledger.Deliveries;
import dev.tiphys.gateway.ledger.LedgerBuffer;
import dev.tiphys.gateway.ledger.SecretUse;
import dev.tiphys.gateway.ledger.SecretUses;
import io.agroal.api.AgroalDataSource;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.agroal.DataSource;
import io.quarkus.runtime.Startup;
import io.quarkus.runtime.configuration.MemorySize;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Makes the ledger's parts over the gateway's database, and ends them with it. */
final class StoreBeans {

    @Produces
    @Singleton
    @Startup
    LedgerWriter writer(
            LedgerBuffer buffer,
            @DataSource("gateway") AgroalDataSource source,
            Clock clock,
            MeterRegistry meters,
            @ConfigProperty(name = "tiphys.gateway.ledger.payloads-a-day", defaultValue = "256M") MemorySize payloads) {
        LedgerWriter writer = new LedgerWriter(buffer, source, new LedgerInsert(payloads.asLongValue()), clock);
        FunctionCounter.builder("tiphys.gateway.ledger.lost", writer, LedgerWriter::lost)
                .description("Deliveries that are missing from the ledger")
                .register(meters);
        Gauge.builder("tiphys.gateway.ledger.waiting", buffer, LedgerBuffer::size)
                .description("Entries that wait for the ledger's database")
                .register(meters);
        return writer;
    }

    void close(@Disposes LedgerWriter writer) throws InterruptedException {
        writer.close();
    }

    @Produces
    @Singleton
    KnownDeliveries known(@DataSource("gateway") AgroalDataSource source, Clock clock) {
        return new KnownDeliveries(source, clock);
    }

    void close(@Disposes KnownDeliveries known) throws InterruptedException {
        known.close();
    }

    @Produces
    @Singleton
    Deliveries deliveries(@DataSource("gateway") AgroalDataSource source) {
        return new PostgresDeliveries(source);
    }

    @Produces
    @Singleton
    SecretUses uses(@DataSource("gateway") AgroalDataSource source) {
        return new PostgresSecretUses(source);
    }

    @Produces
    @Singleton
    @Startup
    Upkeep upkeep(
            @DataSource("gateway") AgroalDataSource source,
            SecretUse use,
            SecretUses uses,
            Clock clock,
            @ConfigProperty(name = "tiphys.gateway.ledger.keep", defaultValue = "7d") Duration keep,
            @ConfigProperty(name = "tiphys.gateway.queues.keep-parked", defaultValue = "30d") Duration parked,
            @ConfigProperty(name = "tiphys.gateway.ledger.upkeep", defaultValue = "1m") Duration every) {
        return new Upkeep(new LedgerRetention(source, keep, parked), use, uses, clock, every);
    }

    void close(@Disposes Upkeep upkeep) throws InterruptedException {
        upkeep.close();
    }
}
