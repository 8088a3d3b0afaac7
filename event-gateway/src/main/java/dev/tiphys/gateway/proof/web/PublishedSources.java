package dev.tiphys.gateway.proof.web;

import dev.tiphys.gateway.delivery.Invitations;
import dev.tiphys.gateway.delivery.PublishedKeys;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** What is fetched of senders, by one guarded way. */
final class PublishedSources {

    @Produces
    @Singleton
    GuardedGet get(
            Vertx vertx,
            @ConfigProperty(name = "tiphys.gateway.keys.private-hosts") Optional<List<String>> privateHosts,
            @ConfigProperty(name = "tiphys.gateway.keys.patience", defaultValue = "4s") Duration patience) {
        Addresses addresses = new Addresses(
                InetAddress::getAllByName,
                privateHosts.stream()
                        .flatMap(List::stream)
                        .map(host -> host.strip().toLowerCase(Locale.ROOT))
                        .collect(Collectors.toSet()));
        return new GuardedGet(vertx, addresses, patience, null);
    }

    @Produces
    @Singleton
    PublishedKeys keys(GuardedGet get, Clock clock, MeterRegistry meters) {
        Counter failures = meters.counter("tiphys.gateway.keys.failed");
        return new FetchedKeys(get::get, clock, failures::increment);
    }

    @Produces
    @Singleton
    Invitations invitations(GuardedGet get) {
        return new SnsConfirmations(get::get);
    }
}
