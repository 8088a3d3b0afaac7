package dev.tiphys.syncer.sync;

import dev.tiphys.syncer.source.Manifests;
import dev.tiphys.syncer.source.Sources;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What the applications work with.
 *
 * @param workers gives each task a (virtual) thread of its own
 * @param timer only wakes; it never works itself
 * @param refreshInterval how often an application asks its repository for news that no push told of
 */
public record Surroundings(
        ApplicationStore store,
        Sources sources,
        Manifests manifests,
        Accesses accesses,
        Clusters clusters,
        Telemetry telemetry,
        InstantSource time,
        Bell outboxBell,
        ExecutorService workers,
        ScheduledExecutorService timer,
        Duration refreshInterval) {}
