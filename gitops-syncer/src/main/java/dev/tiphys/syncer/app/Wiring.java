package dev.tiphys.syncer.app;

import dev.tiphys.syncer.source.ManifestParser;
import dev.tiphys.syncer.source.Manifests;
import dev.tiphys.syncer.source.Sources;
import dev.tiphys.syncer.sync.Accesses;
import dev.tiphys.syncer.sync.ApplicationStore;
import dev.tiphys.syncer.sync.Applications;
import dev.tiphys.syncer.sync.Bell;
import dev.tiphys.syncer.sync.Clusters;
import dev.tiphys.syncer.sync.Surroundings;
import dev.tiphys.syncer.sync.Telemetry;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Puts the syncer together. */
@Singleton
final class Wiring {
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("syncer-timer").daemon().factory());

    @Produces
    @Singleton
    Bell outboxBell() {
        return new Bell();
    }

    @Produces
    @Singleton
    Manifests manifests(ManifestParser parser) {
        return new Manifests(parser);
    }

    @Produces
    @Singleton
    Applications applications(
            ApplicationStore store,
            Sources sources,
            Manifests manifests,
            Accesses accesses,
            Clusters clusters,
            Telemetry telemetry,
            Clock clock,
            Bell outboxBell,
            @ConfigProperty(name = "tiphys.syncer.refresh-interval", defaultValue = "3m") Duration refreshInterval) {
        return new Applications(new Surroundings(
                store,
                sources,
                manifests,
                accesses,
                clusters,
                telemetry,
                clock,
                outboxBell,
                workers,
                timer,
                refreshInterval));
    }

    @PreDestroy
    void stop() {
        timer.shutdownNow();
        workers.shutdownNow();
    }
}
