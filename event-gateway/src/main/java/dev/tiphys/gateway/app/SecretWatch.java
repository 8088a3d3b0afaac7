package dev.tiphys.gateway.app;

import dev.tiphys.gateway.delivery.Endpoint;
import dev.tiphys.gateway.delivery.EndpointSecrets;
import dev.tiphys.gateway.ledger.SecretUse;
import dev.tiphys.gateway.sender.Senders;
import dev.tiphys.platform.definitions.Definitions;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Looks at the secrets of all endpoints from time to time, so that a new value is noticed where nobody delivers. */
@Singleton
final class SecretWatch {
    private static final Logger log = Logger.getLogger(SecretWatch.class);

    private final Senders.Terms terms;
    private final Definitions definitions;
    private final EndpointSecrets secrets;
    private final SecretUse use;
    private final Duration every;
    private final CountDownLatch stopped = new CountDownLatch(1);

    SecretWatch(
            Senders.Terms terms,
            Definitions definitions,
            EndpointSecrets secrets,
            SecretUse use,
            @ConfigProperty(name = "tiphys.gateway.secrets.watch", defaultValue = "10m") Duration every) {
        this.terms = terms;
        this.definitions = definitions;
        this.secrets = secrets;
        this.use = use;
        this.every = every;
    }

    void start(@Observes StartupEvent event) {
        Thread.ofVirtual().name("gateway-secrets").start(this::run);
    }

    void stop(@Observes ShutdownEvent event) {
        stopped.countDown();
    }

    private void run() {
        try {
            do {
                look();
            } while (!stopped.await(every.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException _) {
            log.debug("the watch of the secrets was interrupted to stop");
        }
    }

    private void look() {
        try {
            Map<String, Endpoint> table = Senders.table(definitions.current().all(), terms);
            for (Endpoint endpoint : table.values()) {
                look(endpoint);
            }
            use.keepOnly(table.keySet());
            secrets.tidy();
        } catch (RuntimeException e) {
            log.error("the secrets could not be looked at; it is tried again", e);
        }
    }

    private void look(Endpoint endpoint) {
        try {
            secrets.values(endpoint);
        } catch (RuntimeException e) {
            log.warnf("the secrets of endpoint %s cannot be read: %s", endpoint.name(), e.getMessage());
        }
    }
}
