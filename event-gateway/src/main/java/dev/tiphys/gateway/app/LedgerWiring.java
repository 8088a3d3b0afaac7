package dev.tiphys.gateway.app;

import dev.tiphys.gateway.delivery.EndpointSecrets;
import dev.tiphys.gateway.intake.Intake;
import dev.tiphys.gateway.ledger.Deliveries;
import dev.tiphys.gateway.ledger.LedgerBuffer;
import dev.tiphys.gateway.ledger.Payloads;
import dev.tiphys.gateway.ledger.Replayer;
import dev.tiphys.gateway.ledger.SecretUse;
import dev.tiphys.gateway.recovery.ProviderLog;
import dev.tiphys.gateway.recovery.Recoverer;
import dev.tiphys.gateway.recovery.RecoveryBook;
import dev.tiphys.gateway.recovery.RecoveryRules;
import dev.tiphys.platform.secret.Secret;
import dev.tiphys.platform.secret.Secrets;
import io.quarkus.runtime.configuration.MemorySize;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Gives the ledger, the bookkeeping of secrets, and the recovery of lost deliveries what they work with. */
final class LedgerWiring {

    @Produces
    @Singleton
    LedgerBuffer ledger(
            @ConfigProperty(name = "tiphys.gateway.ledger.waiting", defaultValue = "50000") int waiting,
            @ConfigProperty(name = "tiphys.gateway.ledger.waiting-bytes", defaultValue = "48M") MemorySize bytes,
            @ConfigProperty(name = "tiphys.gateway.ledger.payload", defaultValue = "256K") MemorySize payload,
            @ConfigProperty(name = "tiphys.gateway.ledger.strangers-a-second", defaultValue = "5") int strangers) {
        return new LedgerBuffer(
                new LedgerBuffer.Bounds(waiting, bytes.asLongValue(), (int) payload.asLongValue(), strangers), ids());
    }

    @Produces
    @Singleton
    SecretUse secretUse() {
        return new SecretUse();
    }

    @Produces
    @Singleton
    EndpointSecrets endpointSecrets(
            Secrets secrets,
            SecretUse use,
            Clock clock,
            @ConfigProperty(name = "tiphys.gateway.secrets.kept", defaultValue = "1s") Duration kept) {
        return new EndpointSecrets(
                ref -> secrets.find(ref).map(Secret::bytes),
                System::nanoTime,
                kept,
                (endpoint, values) -> use.seen(endpoint, values, clock.instant()));
    }

    @Produces
    @Singleton
    Payloads payloads(Deliveries deliveries, Payloads.EventsOnLog log) {
        return new Payloads(deliveries, log);
    }

    @Produces
    @Singleton
    Replayer replayer(Payloads payloads, Intake intake, LedgerBuffer ledger, Clock clock) {
        return new Replayer(payloads, intake, ledger, clock, ids());
    }

    @Produces
    @Singleton
    Recoverer recoverer(
            @Named("github") ProviderLog github,
            @Named("gitlab") ProviderLog gitlab,
            RecoveryBook book,
            Secrets secrets,
            Clock clock,
            @ConfigProperty(name = "tiphys.instance") String instance,
            @ConfigProperty(name = "tiphys.gateway.recovery.every", defaultValue = "5m") Duration every,
            @ConfigProperty(name = "tiphys.gateway.recovery.grace", defaultValue = "2m") Duration grace,
            @ConfigProperty(name = "tiphys.gateway.recovery.times", defaultValue = "8") int times) {
        // GitHub sends again what is at most three days old; GitLab takes five requests a minute for one webhook.
        Duration horizon = Duration.ofDays(3).minusHours(1);
        return new Recoverer(
                Map.of("github", github, "gitlab", gitlab),
                book,
                ref -> secrets.find(ref).map(Secret::text),
                new Recoverer.Settings(
                        instance + "/" + UUID.randomUUID(),
                        every,
                        Map.of(
                                "github", new RecoveryRules.Policy(times, every, horizon, grace, 50, Set.of("ping")),
                                "gitlab", new RecoveryRules.Policy(times, every, horizon, grace, 4, Set.of()))),
                clock);
    }

    /** Ids need not be secret, only each another one. */
    private static RandomGenerator ids() {
        return () -> ThreadLocalRandom.current().nextLong();
    }
}
