package dev.tiphys.syncer.sync;

import dev.tiphys.contracts.definition.Application;
import dev.tiphys.contracts.sync.SyncFact.Outcome;
import dev.tiphys.syncer.source.ManifestParser;
import dev.tiphys.syncer.source.Manifests;
import dev.tiphys.syncer.source.RepositoryAccess;
import dev.tiphys.syncer.source.Sources;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;

/** A process that is given no cluster: every application comes to the same clear end. Its time passes when a test says so. */
final class SyncerWithoutCluster implements AutoCloseable, Telemetry, Clusters {
    private final InMemoryApplications store = new InMemoryApplications();
    private final List<Throwable> errors = new CopyOnWriteArrayList<>();
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Applications applications;
    private volatile Instant now;

    SyncerWithoutCluster(Instant begin, Sources git) {
        now = begin;
        applications = new Applications(new Surroundings(
                store,
                git,
                new Manifests(_ -> new ManifestParser.Parsed(List.of(), List.of())),
                url -> new RepositoryAccess(url, null),
                this,
                this,
                () -> now,
                new Bell(),
                workers,
                timer,
                Duration.ofMinutes(3)));
    }

    Applications applications() {
        return applications;
    }

    InMemoryApplications store() {
        return store;
    }

    void define(Application... defined) {
        applications.redefine(Catalog.of(1, List.of(defined), List.of(), Set.of()));
    }

    /** Lets time pass until then, and an application look. */
    void lookAt(Instant moment, String application) {
        now = moment;
        applications.liveChanged(application);
    }

    /** {@return what nobody expected} */
    List<Throwable> errors() {
        return errors;
    }

    @Override
    public void close() {
        timer.shutdownNow();
        workers.shutdownNow();
    }

    @Override
    public Optional<Cluster> at(String server) {
        return Optional.empty();
    }

    @Override
    public void onChange(Consumer<String> listener) {}

    @Override
    public void unexpected(String application, Throwable error) {
        errors.add(error);
    }

    @Override
    public void refreshed(String application, String cause) {}

    @Override
    public void ended(String application, Outcome outcome, Duration took) {}

    @Override
    public void worked(StageName stage, Duration took) {}

    @Override
    public void refused(String application, Decision.Refusal refusal) {}
}
