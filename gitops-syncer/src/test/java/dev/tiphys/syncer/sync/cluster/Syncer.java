package dev.tiphys.syncer.sync.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.sync.SyncFact.Outcome;
import dev.tiphys.sandbox.SandboxCluster;
import dev.tiphys.syncer.source.ManifestParser;
import dev.tiphys.syncer.source.Manifests;
import dev.tiphys.syncer.source.RepositoryAccess;
import dev.tiphys.syncer.source.SourceFile;
import dev.tiphys.syncer.source.Sources;
import dev.tiphys.syncer.sync.ApplicationStore;
import dev.tiphys.syncer.sync.Applications;
import dev.tiphys.syncer.sync.Bell;
import dev.tiphys.syncer.sync.Decision;
import dev.tiphys.syncer.sync.StageName;
import dev.tiphys.syncer.sync.Surroundings;
import dev.tiphys.syncer.sync.Telemetry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

/** One process that works on a sandbox, with manifests in JSON. */
final class Syncer implements AutoCloseable, Telemetry {
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Set<StageName> stages = ConcurrentHashMap.newKeySet();
    private final AtomicInteger errors = new AtomicInteger();
    private final KubernetesClusters clusters;
    private final Applications applications;

    Syncer(SandboxCluster sandbox, ApplicationStore store, Sources sources) {
        clusters = new KubernetesClusters(
                Optional.of(sandbox.kubeconfig().toString()),
                Optional.empty(),
                4,
                Duration.ofSeconds(2),
                new SimpleMeterRegistry());
        applications = new Applications(new Surroundings(
                store,
                sources,
                new Manifests(new JsonFiles()),
                url -> new RepositoryAccess(url, null),
                clusters,
                this,
                Clock.systemUTC(),
                new Bell(),
                workers,
                timer,
                Duration.ofMinutes(3)));
    }

    Applications applications() {
        return applications;
    }

    /** {@return the stages that were worked at} */
    Set<StageName> stages() {
        return stages;
    }

    int errors() {
        return errors.get();
    }

    /** {@return a file with a ConfigMap} */
    static SourceFile configMap(String folder, String name, String value) {
        String json = """
                {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "%s"}, "data": {"a": "%s"}}
                """.formatted(name, value);
        return new SourceFile(folder + "/" + name + ".json", name + value, json.getBytes(UTF_8));
    }

    @Override
    public void close() {
        timer.shutdownNow();
        workers.shutdownNow();
        clusters.close();
    }

    @Override
    public void unexpected(String application, Throwable error) {
        errors.incrementAndGet();
    }

    @Override
    public void refreshed(String application, String cause) {}

    @Override
    public void ended(String application, Outcome outcome, Duration took) {}

    @Override
    public void worked(StageName stage, Duration took) {
        stages.add(stage);
    }

    @Override
    public void refused(String application, Decision.Refusal refusal) {}

    private static final class JsonFiles implements ManifestParser {
        @Override
        public Parsed parse(SourceFile file) {
            try {
                return new Parsed(
                        List.of(new Document(Json.mapper().readTree(new String(file.bytes(), UTF_8)), 1, List.of())),
                        List.of());
            } catch (JsonProcessingException e) {
                throw new IllegalArgumentException(e);
            }
        }
    }
}
