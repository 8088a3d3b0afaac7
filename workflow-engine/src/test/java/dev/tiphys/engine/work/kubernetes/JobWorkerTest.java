package dev.tiphys.engine.work.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.definition.Definition;
import dev.tiphys.contracts.definition.Pipeline;
import dev.tiphys.contracts.definition.Pipeline.EnvironmentValue;
import dev.tiphys.contracts.definition.SecretRef;
import dev.tiphys.contracts.run.Wait;
import dev.tiphys.engine.work.LeafOutcome;
import dev.tiphys.engine.work.LeafWork;
import dev.tiphys.engine.work.LeaseLost;
import dev.tiphys.engine.work.MemoryLedger;
import dev.tiphys.engine.work.Pauses;
import dev.tiphys.sandbox.SandboxCluster;
import dev.tiphys.testkit.StallingServer;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On the sandbox, or on the cluster of {@code -Dtiphys.test.kubeconfig}. */
@Timeout(60)
@Tag("real")
class JobWorkerTest {
    private static final String SIMULATION = "sandbox.tiphys.dev/";
    private static final JobPatience PATIENCE = new JobPatience(
            new Pauses(Duration.ofMillis(20), 1.5, Duration.ofMillis(100), 0),
            Duration.ofMillis(300),
            Duration.ofSeconds(2),
            Duration.ofMillis(200),
            Duration.ofMillis(50));

    @TempDir
    private static Path directory;

    private static SandboxCluster sandbox;
    private static ClusterAccess cluster;
    private static KubernetesClient client;

    private final MemoryLedger ledger = new MemoryLedger();
    private final JobWorker worker = new JobWorker(cluster, Clock.systemUTC(), PATIENCE);
    private String run = "r-1";

    @BeforeAll
    static void start() throws Exception {
        sandbox = SandboxCluster.start(directory, 0);
        String real = System.getProperty("tiphys.test.kubeconfig", "");
        Path kubeconfig = real.isEmpty() ? sandbox.kubeconfig() : Path.of(real);
        cluster = access(Optional.of(kubeconfig));
        client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
                .build();
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName("jobs")
                        .endMetadata()
                        .build())
                .create();
        // A real cluster makes no pods for a service account that is not there.
        client.resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName("tester")
                        .withNamespace("jobs")
                        .endMetadata()
                        .build())
                .create();
    }

    @AfterAll
    static void stop() {
        client.close();
        cluster.close();
        sandbox.close();
    }

    @BeforeEach
    void nameTheRun(TestInfo test) {
        run = test.getDisplayName() + test.getTestMethod().map(Object::toString).orElse("");
    }

    @Nested
    class AJob {
        @Test
        void isMadeWatchedAndItsResultTaken() throws Exception {
            LeafOutcome outcome = perform(Map.of(SIMULATION + "runs-for", "4s"));

            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            LeafOutcome.Succeeded.class,
                            succeeded -> assertThat(succeeded.outputs())
                                    .containsEntry("exitCode", IntNode.valueOf(0))
                                    .containsEntry("namespace", TextNode.valueOf("jobs")));
            assertThat(ledger.log()).isNotBlank();
            // On a slow machine the API server may be waited for in between, and that is shown too.
            assertThat(ledger.waits())
                    .extracting(Wait::reason)
                    .startsWith("job")
                    .endsWith("job");
            assertThat(ledger.waits()).extracting(Wait::unblock).contains("the container's end");
        }

        @Test
        void isWrittenAsTheStepSays() throws Exception {
            perform(Map.of(SIMULATION + "runs-for", "0s"));

            Job job = jobs().getFirst();
            assertThat(job.getSpec().getBackoffLimit()).isZero();
            assertThat(job.getSpec().getTtlSecondsAfterFinished()).isEqualTo(600);
            assertThat(job.getSpec().getActiveDeadlineSeconds()).isBetween(50L, 60L);
            var pod = job.getSpec().getTemplate().getSpec();
            assertThat(pod.getRestartPolicy()).isEqualTo("Never");
            assertThat(pod.getServiceAccountName()).isEqualTo("tester");
            var container = pod.getContainers().getFirst();
            assertThat(container.getImage()).isEqualTo("busybox");
            assertThat(container.getCommand()).containsExactly("sh", "-c");
            assertThat(container.getArgs()).containsExactly("true");
            assertThat(container.getResources().getLimits().get("memory").toString())
                    .isEqualTo("64Mi");
            assertThat(container.getEnv()).anySatisfy(variable -> {
                assertThat(variable.getName()).isEqualTo("TOKEN");
                assertThat(variable.getValueFrom().getSecretKeyRef().getName()).isEqualTo("api");
                assertThat(variable.getValueFrom().getSecretKeyRef().getKey()).isEqualTo("token");
            });
        }

        @Test
        void failsWithTheContainersReason() throws Exception {
            assertThat(perform(Map.of(SIMULATION + "exit-code", "3", SIMULATION + "runs-for", "0s")))
                    .isInstanceOfSatisfying(LeafOutcome.Failed.class, failed -> {
                        assertThat(failed.reason()).contains("exit code 3");
                        assertThat(failed.outputs()).containsEntry("exitCode", IntNode.valueOf(3));
                    });
        }

        @ParameterizedTest
        @ValueSource(strings = {"ImagePullBackOff", "CreateContainerConfigError"})
        void failsEarlyWhenItCannotStart(String reason) throws Exception {
            assertThat(perform(Map.of(SIMULATION + "waiting", reason)))
                    .isInstanceOfSatisfying(
                            LeafOutcome.Failed.class,
                            failed -> assertThat(failed.reason()).contains("cannot start: " + reason));
            assertThat(jobs()).isEmpty();
            assertThat(ledger.waits()).extracting(Wait::unblock).anyMatch(unblock -> unblock.startsWith(reason));
        }

        @Test
        void whosePodIsRefusedSaysByWhatAndWhoCanHelp() throws Exception {
            ledger.onEntry(l -> {
                if (!l.waits().isEmpty()) {
                    l.onEntry(JobWorkerTest::cancelWhenRefused);
                    refusePod();
                }
            });

            assertThat(perform(Map.of(SIMULATION + "runs-for", "60s"))).isInstanceOf(LeafOutcome.Cancelled.class);
            assertThat(ledger.waits().getLast().unblock())
                    .isEqualTo("its pod is refused by the missing service account tester: error looking up service"
                            + " account jobs/tester: serviceaccount \"tester\" not found; create it, or name one that"
                            + " is there in the step");
        }

        /** The sandbox refuses no pod: a suspended Job has none either, and the event is what the Job's controller writes. */
        private void refusePod() {
            Job job = client.batch()
                    .v1()
                    .jobs()
                    .inNamespace("jobs")
                    .withName(name())
                    .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\": {\"suspend\": true}}");
            client.resource(new EventBuilder()
                            .withNewMetadata()
                            .withName(name())
                            .withNamespace("jobs")
                            .endMetadata()
                            .withInvolvedObject(new ObjectReferenceBuilder()
                                    .withApiVersion("batch/v1")
                                    .withKind("Job")
                                    .withNamespace("jobs")
                                    .withName(name())
                                    .withUid(job.getMetadata().getUid())
                                    .build())
                            .withType("Warning")
                            .withReason("FailedCreate")
                            .withMessage("Error creating: pods \"" + name()
                                    + "-\" is forbidden: error looking up service account jobs/tester:"
                                    + " serviceaccount \"tester\" not found")
                            .withLastTimestamp(Instant.now()
                                    .truncatedTo(ChronoUnit.SECONDS)
                                    .toString())
                            .build())
                    .create();
        }

        @Test
        void failsWhenSomebodyDeletesIt() throws Exception {
            ledger.onEntry(l -> {
                if (l.waits().stream().anyMatch(wait -> wait.unblock().equals("the container's end"))) {
                    client.batch()
                            .v1()
                            .jobs()
                            .inNamespace("jobs")
                            .withName(name())
                            .delete();
                }
            });

            assertThat(perform(Map.of(SIMULATION + "runs-for", "60s")))
                    .isInstanceOfSatisfying(
                            LeafOutcome.Failed.class,
                            failed -> assertThat(failed.reason())
                                    .contains("it ended and its time to live passed, or somebody deleted it"));
        }

        @Test
        void needsItsNamespace() throws Exception {
            assertThat(perform("nowhere", Map.of(), null))
                    .isInstanceOfSatisfying(
                            LeafOutcome.Stuck.class,
                            stuck -> assertThat(stuck.reason()).startsWith("namespace nowhere does not exist"));
        }

        @Test
        void ofAnotherAttemptIsNotTaken() throws Exception {
            client.resource(new JobBuilder(JobManifest.write(
                                    work("jobs", Map.of(), null), action("jobs", Map.of()), Duration.ofMinutes(1)))
                            .editMetadata()
                            .addToAnnotations(JobManifest.ATTEMPT, "r-other/test/1")
                            .endMetadata()
                            .build())
                    .create();

            assertThat(perform(Map.of())).isInstanceOf(LeafOutcome.Stuck.class);
        }
    }

    @Nested
    class ACrash {
        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void atAnyEntryLeadsToOneJobAndOneLog(boolean before) throws Exception {
            String whole = "";
            for (int entry = 1; ; entry++) {
                run = "r-" + entry + before;
                MemoryLedger crashing = new MemoryLedger();
                crashing = before ? crashing.crashBefore(entry) : crashing.crashAfter(entry);
                Map<String, String> annotations = Map.of(SIMULATION + "runs-for", "1s");
                LeafOutcome outcome;
                String log;
                try {
                    outcome = perform("jobs", annotations, null, crashing);
                    log = crashing.log();
                } catch (MemoryLedger.Crash _) {
                    MemoryLedger next = new MemoryLedger();
                    outcome = perform("jobs", annotations, crashing.progress(), next);
                    log = crashing.log() + next.log();
                }

                assertThat(outcome).isInstanceOf(LeafOutcome.Succeeded.class);
                assertThat(jobs()).hasSize(1);
                assertThat(log).isNotBlank();
                if (!crashing.hasCrashed()) {
                    assertThat(entry).isGreaterThan(3);
                    return;
                }
            }
        }

        @Test
        void doesNotMakeADeletedJobAgain() throws Exception {
            ledger.crashAfter(1);
            assertThatThrownBy(() -> perform(Map.of(SIMULATION + "runs-for", "60s")))
                    .isInstanceOf(MemoryLedger.Crash.class);
            client.batch().v1().jobs().inNamespace("jobs").withName(name()).delete();

            assertThat(perform("jobs", Map.of(), ledger.progress())).isInstanceOf(LeafOutcome.Failed.class);
        }
    }

    @Test
    void aCancelledStepDeletesItsJob() throws Exception {
        ledger.onEntry(l -> {
            if (!l.waits().isEmpty()) {
                l.cancel();
            }
        });

        assertThat(perform(Map.of(SIMULATION + "runs-for", "60s"))).isInstanceOf(LeafOutcome.Cancelled.class);
        assertThat(jobs()).isEmpty();
    }

    @Test
    void aLostLeaseLeavesTheJob() {
        ledger.onEntry(l -> {
            if (!l.waits().isEmpty()) {
                l.loseLease();
            }
        });

        assertThatThrownBy(() -> perform(Map.of(SIMULATION + "runs-for", "60s")))
                .isInstanceOf(LeaseLost.class);
        assertThat(jobs()).hasSize(1);
    }

    @Test
    void withoutAClusterSaysWhatToConfigure() throws Exception {
        JobWorker alone = new JobWorker(access(Optional.empty()), Clock.systemUTC());

        assertThat(alone.perform(work("jobs", Map.of(), null), new NoDefinitions(), ledger))
                .isInstanceOfSatisfying(
                        LeafOutcome.Stuck.class,
                        stuck -> assertThat(stuck.reason()).contains("tiphys.engine.kubeconfig"));
    }

    @Test
    void aClusterThatDoesNotAnswerIsWaitedFor() throws Exception {
        Path away = directory.resolve("away");
        Files.writeString(
                away, Files.readString(sandbox.kubeconfig()).replace("127.0.0.1:" + sandbox.port(), "127.0.0.1:1"));
        JobWorker lost = new JobWorker(access(Optional.of(away)), Clock.systemUTC(), PATIENCE);
        ledger.onEntry(l -> {
            if (!l.waits().isEmpty()) {
                l.cancel();
            }
        });

        assertThat(lost.perform(work("jobs", Map.of(), null), new NoDefinitions(), ledger))
                .isInstanceOf(LeafOutcome.Cancelled.class);
        assertThat(ledger.waits()).extracting(Wait::reason).contains("cluster");
    }

    @Test
    void aClusterThatGoesAndComesBackIsWaitedForAndTheJobFound() throws Exception {
        Path home = Files.createDirectory(directory.resolve("restarted"));
        SandboxCluster[] running = {SandboxCluster.start(home, 0)};
        int port = running[0].port();
        ClusterAccess access = access(Optional.of(running[0].kubeconfig()));
        access.client()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName("jobs")
                        .endMetadata()
                        .build())
                .create();
        ledger.onEntry(l -> {
            if (l.waits().stream().anyMatch(wait -> wait.unblock().equals("the container's end"))) {
                l.onEntry(_ -> {});
                running[0].close();
                running[0] = restarted(home, port);
            }
        });

        LeafOutcome outcome = new JobWorker(access, Clock.systemUTC(), PATIENCE)
                .perform(work("jobs", Map.of(SIMULATION + "runs-for", "3s"), null), new NoDefinitions(), ledger);
        access.close();
        running[0].close();

        assertThat(outcome).isInstanceOf(LeafOutcome.Succeeded.class);
    }

    @Test
    void aClusterWhoseAnswerStallsIsWaitedFor() throws Exception {
        try (StallingServer server = StallingServer.silent()) {
            ClusterAccess access = access(Optional.of(server.kubeconfig(directory)), Duration.ofMillis(500));
            ledger.onEntry(l -> {
                if (!l.waits().isEmpty()) {
                    l.cancel();
                }
            });

            LeafOutcome outcome = new JobWorker(access, Clock.systemUTC(), PATIENCE)
                    .perform(work("jobs", Map.of(), null), new NoDefinitions(), ledger);
            access.close();

            String path = server.uri() + "/apis/batch/v1/namespaces/jobs/jobs";
            assertThat(ledger.waits().getFirst().unblock())
                    .isEqualTo("it does not answer: POST " + path + ": nothing more of its answer came for 500 ms");
            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            LeafOutcome.Cancelled.class,
                            cancelled -> assertThat(cancelled.detail())
                                    .contains("could not be deleted", "nothing more of its answer came"));
        }
    }

    private static ClusterAccess access(Optional<Path> kubeconfig) {
        return access(kubeconfig, Duration.ofSeconds(15));
    }

    private static ClusterAccess access(Optional<Path> kubeconfig, Duration timeout) {
        return new ClusterAccess(kubeconfig, Optional.empty(), Map.of(), directory, timeout);
    }

    private static void cancelWhenRefused(MemoryLedger ledger) {
        if (ledger.waits().getLast().unblock().contains("refused")) {
            ledger.cancel();
        }
    }

    private static SandboxCluster restarted(Path home, int port) {
        try {
            return SandboxCluster.start(home, port);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aFinishedJobIsThereLongEnoughToBeSeenAfterAnOutage() {
        assertThat(timeToLive(Duration.ofSeconds(1))).isEqualTo(300);
        assertThat(timeToLive(Duration.ofHours(1))).isEqualTo(3600);
        assertThat(timeToLive(Duration.ofDays(100_000))).isEqualTo(Integer.MAX_VALUE);
    }

    private int timeToLive(Duration asked) {
        return JobManifest.write(work("jobs", Map.of(), null), action("jobs", Map.of(), asked), Duration.ofMinutes(1))
                .getSpec()
                .getTtlSecondsAfterFinished();
    }

    @Test
    void namesAreStableShortAndTellTheStep() {
        LeafWork first = new LeafWork(
                "r-1",
                "Shop.Delivery",
                "a-very-long-name-of-a-step-that-does-a-lot-of-things-in-the-end",
                1,
                Json.tree(Map.of()),
                null,
                Instant.now(),
                1);
        assertThat(JobManifest.name(first))
                .hasSizeLessThanOrEqualTo(63)
                .startsWith("shop-delivery-a-very-long")
                .matches("[a-z0-9]([a-z0-9-]*[a-z0-9])")
                .isEqualTo(JobManifest.name(first));
    }

    private List<Job> jobs() {
        return client.batch().v1().jobs().inNamespace("jobs").list().getItems().stream()
                .filter(job -> job.getMetadata().getName().equals(name()))
                .toList();
    }

    private String name() {
        return JobManifest.name(work("jobs", Map.of(), null));
    }

    private LeafOutcome perform(Map<String, String> annotations) throws Exception {
        return perform("jobs", annotations, null);
    }

    private LeafOutcome perform(String namespace, Map<String, String> annotations, @Nullable JsonNode progress)
            throws Exception {
        return perform(namespace, annotations, progress, ledger);
    }

    private LeafOutcome perform(
            String namespace, Map<String, String> annotations, @Nullable JsonNode progress, MemoryLedger on)
            throws Exception {
        return worker.perform(work(namespace, annotations, progress), new NoDefinitions(), on);
    }

    private LeafWork work(String namespace, Map<String, String> annotations, @Nullable JsonNode progress) {
        return new LeafWork(
                run,
                "shop",
                "test",
                1,
                Json.tree(action(namespace, annotations)),
                progress,
                Instant.now().plusSeconds(60),
                1);
    }

    private static Pipeline.Action.Job action(String namespace, Map<String, String> annotations) {
        return action(namespace, annotations, Duration.ofMinutes(10));
    }

    private static Pipeline.Action.Job action(String namespace, Map<String, String> annotations, Duration timeToLive) {
        return new Pipeline.Action.Job(
                namespace,
                "busybox",
                List.of("sh", "-c"),
                List.of("true"),
                Map.of(
                        "MODE",
                        new EnvironmentValue.Text("fast"),
                        "TOKEN",
                        new EnvironmentValue.FromSecret(new SecretRef("api", "token"))),
                Json.tree(Map.of("limits", Map.of("memory", "64Mi"))),
                "tester",
                annotations,
                timeToLive);
    }

    private static final class NoDefinitions implements LeafWork.Lookup {
        @Override
        public <T extends Definition> @Nullable T find(Class<T> kind, String name) {
            return null;
        }
    }
}
