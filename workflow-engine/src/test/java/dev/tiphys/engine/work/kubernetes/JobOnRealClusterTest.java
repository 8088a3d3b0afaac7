package dev.tiphys.engine.work.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.definition.Definition;
import dev.tiphys.contracts.definition.Pipeline;
import dev.tiphys.engine.work.LeafOutcome;
import dev.tiphys.engine.work.LeafWork;
import dev.tiphys.engine.work.MemoryLedger;
import dev.tiphys.testkit.RealCluster;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What only a real control plane does: it refuses pods, and its own words tell why. */
@Timeout(120)
@Tag("real")
class JobOnRealClusterTest {

    @TempDir
    private static Path directory;

    private static @Nullable RealCluster cluster;
    private static ClusterAccess access;
    private static KubernetesClient client;

    private final MemoryLedger ledger = new MemoryLedger();

    @BeforeAll
    static void start() throws Exception {
        Optional<String> reason = RealCluster.whyNot();
        assumeTrue(reason.isEmpty(), () -> reason.orElse(""));
        RealCluster started = RealCluster.start(directory);
        cluster = started;
        access = new ClusterAccess(
                Optional.of(started.kubeconfig()), Optional.empty(), Map.of(), directory, Duration.ofSeconds(15));
        client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(started.kubeconfig().toFile()))
                .build();
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            client.close();
            access.close();
            cluster.close();
        }
    }

    @Test
    void aMissingServiceAccountIsNamed() throws Exception {
        namespace("unknown-account");

        perform("unknown-account", null);

        assertThat(ledger.waits().getLast().unblock())
                .startsWith("its pod is refused by the missing service account tester: ")
                .contains("create it");
    }

    @Test
    void aQuotaIsNamed() throws Exception {
        namespace("full");
        account("full");
        client.resource(new ResourceQuotaBuilder()
                        .withNewMetadata()
                        .withName("small")
                        .withNamespace("full")
                        .endMetadata()
                        .withNewSpec()
                        .addToHard("pods", new Quantity("0"))
                        .endSpec()
                        .build())
                .create();

        perform("full", null);

        assertThat(ledger.waits().getLast().unblock()).startsWith("its pod is refused by quota small: exceeded quota");
    }

    @Test
    void aPodThatNoNodeTakesSaysWhy() throws Exception {
        namespace("crowded");
        account("crowded");

        perform("crowded", "1000000");

        assertThat(ledger.waits().getLast().unblock())
                .startsWith("no node takes its pod: ")
                .contains("Insufficient cpu");
    }

    /** Performs a step until it says what keeps it. */
    private void perform(String namespace, @Nullable String cpu) throws Exception {
        ledger.onEntry(l -> {
            if (!l.waits().isEmpty()
                    && l.waits().getLast().unblock().matches("(?s)(its pod is refused|no node takes).*")) {
                l.cancel();
            }
        });
        Pipeline.Action.Job action = new Pipeline.Action.Job(
                namespace,
                "busybox",
                List.of("true"),
                List.of(),
                Map.of(),
                cpu == null ? null : Json.tree(Map.of("requests", Map.of("cpu", cpu))),
                "tester",
                Map.of(),
                Duration.ofMinutes(10));
        LeafWork work = new LeafWork(
                "r-1", "shop", "test", 1, Json.tree(action), null, Instant.now().plusSeconds(90), 1);

        LeafOutcome outcome = new JobWorker(access, Clock.systemUTC()).perform(work, new NoDefinitions(), ledger);

        assertThat(outcome).isInstanceOf(LeafOutcome.Cancelled.class);
    }

    private static void namespace(String name) {
        create(new NamespaceBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .build());
    }

    private static void account(String namespace) {
        create(new ServiceAccountBuilder()
                .withNewMetadata()
                .withName("tester")
                .withNamespace(namespace)
                .endMetadata()
                .build());
    }

    private static void create(HasMetadata object) {
        client.resource(object).create();
    }

    private static final class NoDefinitions implements LeafWork.Lookup {
        @Override
        public <T extends Definition> @Nullable T find(Class<T> kind, String name) {
            return null;
        }
    }
}
