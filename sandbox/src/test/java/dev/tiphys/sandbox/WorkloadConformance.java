package dev.tiphys.sandbox;

import static dev.tiphys.sandbox.ConformanceSteps.deployment;
import static dev.tiphys.sandbox.ConformanceSteps.eventually;
import static dev.tiphys.sandbox.ConformanceSteps.job;
import static dev.tiphys.sandbox.ConformanceSteps.refused;
import static dev.tiphys.sandbox.ConformanceSteps.yaml;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Simulated workloads: they become ready, fail and end as their annotations say. */
interface WorkloadConformance extends ConformanceSteps {

    private Deployment find(String namespace, String name) {
        return client().apps()
                .deployments()
                .inNamespace(namespace)
                .withName(name)
                .get();
    }

    private Optional<DeploymentCondition> condition(String namespace, String name, String type) {
        Deployment deployment = find(namespace, name);
        if (deployment.getStatus() == null) {
            return Optional.empty();
        }
        return deployment.getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals(type))
                .findFirst();
    }

    private boolean isRolledOut(String namespace, String name) {
        Deployment deployment = find(namespace, name);
        return deployment
                        .getMetadata()
                        .getGeneration()
                        .equals(deployment.getStatus().getObservedGeneration())
                && condition(namespace, name, "Progressing")
                        .filter(condition -> condition.getReason().equals("NewReplicaSetAvailable"))
                        .isPresent();
    }

    private Optional<ContainerStatus> container(String namespace, String app) {
        return pods(namespace, app).stream()
                .flatMap(pod -> pod.getStatus().getContainerStatuses().stream())
                .findFirst();
    }

    @Test
    default void aDeploymentBecomesAvailable() {
        String ns = freshNamespace();

        apply(ns, "tiphys", deployment("web", 3, "nginx:1", ""));

        eventually().until(() -> isRolledOut(ns, "web"));
        Deployment web = find(ns, "web");
        assertThat(web.getStatus().getAvailableReplicas()).isEqualTo(3);
        assertThat(web.getStatus().getUpdatedReplicas()).isEqualTo(3);
        assertThat(web.getStatus().getReplicas()).isEqualTo(3);
        assertThat(condition(ns, "web", "Available").orElseThrow().getStatus()).isEqualTo("True");
        assertThat(pods(ns, "web")).hasSize(3).allSatisfy(pod -> {
            assertThat(pod.getStatus().getPhase()).isEqualTo("Running");
            assertThat(pod.getMetadata().getOwnerReferences().getFirst().getKind())
                    .isEqualTo("ReplicaSet");
        });
    }

    @Test
    default void anUpdateReplacesThePods() {
        String ns = freshNamespace();
        apply(ns, "tiphys", deployment("web", 2, "nginx:1", ""));
        eventually().until(() -> isRolledOut(ns, "web"));

        apply(ns, "tiphys", deployment("web", 2, "nginx:2", ""));

        eventually()
                .until(() -> isRolledOut(ns, "web")
                        && pods(ns, "web").size() == 2
                        && pods(ns, "web").stream().allMatch(pod -> image(pod).equals("nginx:2")));
        assertThat(find(ns, "web").getMetadata().getAnnotations())
                .containsEntry("deployment.kubernetes.io/revision", "2");
        assertThat(client().apps().replicaSets().inNamespace(ns).list().getItems())
                .hasSize(2);
    }

    private static String image(Pod pod) {
        return pod.getSpec().getContainers().getFirst().getImage();
    }

    @Test
    default void anImageThatCannotBePulledShowsInThePod() {
        String ns = freshNamespace();

        apply(ns, "tiphys", deployment("stuck", 1, "nope:1", "sandbox.tiphys.dev/waiting: ImagePullBackOff"));

        eventually().until(() -> container(ns, "stuck").isPresent());
        ContainerStatus status = container(ns, "stuck").orElseThrow();
        assertThat(status.getState().getWaiting().getReason()).isEqualTo("ImagePullBackOff");
        assertThat(status.getReady()).isFalse();
        assertThat(pods(ns, "stuck").getFirst().getStatus().getPhase()).isEqualTo("Pending");
        assertThat(condition(ns, "stuck", "Available").orElseThrow().getReason())
                .isEqualTo("MinimumReplicasUnavailable");
    }

    @Test
    default void aRolloutThatDoesNotProgressExceedsItsDeadline() {
        String ns = freshNamespace();
        GenericKubernetesResource late = deployment("late", 1, "nope:1", "sandbox.tiphys.dev/waiting: ErrImagePull");
        late.<Map<String, Object>>get("spec").put("progressDeadlineSeconds", 2);

        apply(ns, "tiphys", late);

        eventually()
                .until(() -> condition(ns, "late", "Progressing")
                        .filter(condition -> condition.getReason().equals("ProgressDeadlineExceeded"))
                        .isPresent());
        assertThat(condition(ns, "late", "Progressing").orElseThrow().getStatus())
                .isEqualTo("False");
        assertThat(condition(ns, "late", "Progressing").orElseThrow().getMessage())
                .endsWith("has timed out progressing.");
    }

    @Test
    default void aBrokenUpdateLeavesTheOldPodsAtWork() {
        String ns = freshNamespace();
        apply(ns, "tiphys", deployment("web", 2, "nginx:1", ""));
        eventually().until(() -> isRolledOut(ns, "web"));

        apply(ns, "tiphys", deployment("web", 2, "nope:2", "sandbox.tiphys.dev/waiting: ImagePullBackOff"));

        eventually()
                .until(() -> pods(ns, "web").stream()
                        .anyMatch(pod -> image(pod).equals("nope:2")
                                && !pod.getStatus().getContainerStatuses().isEmpty()));
        assertThat(pods(ns, "web").stream().filter(pod -> image(pod).equals("nginx:1")))
                .hasSize(2);
        assertThat(condition(ns, "web", "Available").orElseThrow().getStatus()).isEqualTo("True");
    }

    @Test
    default void aContainerThatEndsUnderADeploymentCrashesInALoop() {
        String ns = freshNamespace();

        apply(ns, "tiphys", deployment("crashing", 1, "nginx:1", "sandbox.tiphys.dev/exit-code: '3'"));

        eventually()
                .until(() -> container(ns, "crashing")
                        .filter(status -> status.getState().getWaiting() != null
                                && status.getState().getWaiting().getReason().equals("CrashLoopBackOff"))
                        .isPresent());
        ContainerStatus status = container(ns, "crashing").orElseThrow();
        assertThat(status.getLastState().getTerminated().getExitCode()).isEqualTo(3);
        assertThat(status.getRestartCount()).isPositive();
    }

    @Test
    default void aPodTakesTheTimeThatItIsGiven() {
        String ns = freshNamespace();
        Instant start = Instant.now();

        apply(ns, "tiphys", deployment("slow", 1, "nginx:1", "sandbox.tiphys.dev/ready-after: 2s"));

        eventually().until(() -> isRolledOut(ns, "slow"));
        // The real one counts from a creation time in whole seconds.
        assertThat(Duration.between(start, Instant.now())).isGreaterThan(Duration.ofMillis(900));
    }

    private Job findJob(String namespace, String name) {
        return client().batch()
                .v1()
                .jobs()
                .inNamespace(namespace)
                .withName(name)
                .get();
    }

    private Optional<JobCondition> condition(Job job, String type) {
        List<JobCondition> conditions =
                job.getStatus() == null ? List.of() : job.getStatus().getConditions();
        return conditions.stream()
                .filter(condition -> condition.getType().equals(type)
                        && condition.getStatus().equals("True"))
                .findFirst();
    }

    @Test
    default void aJobCompletes() {
        String ns = freshNamespace();

        apply(ns, "tiphys", job("works", "sandbox.tiphys.dev/runs-for: 200ms"));

        eventually().until(() -> condition(findJob(ns, "works"), "Complete").isPresent());
        assertThat(findJob(ns, "works").getStatus().getSucceeded()).isEqualTo(1);
        assertThat(findJob(ns, "works").getStatus().getCompletionTime()).isNotBlank();
        Pod pod = client().pods()
                .inNamespace(ns)
                .withLabel("job-name", "works")
                .list()
                .getItems()
                .getFirst();
        assertThat(pod.getStatus().getPhase()).isEqualTo("Succeeded");
        assertThat(pod.getStatus()
                        .getContainerStatuses()
                        .getFirst()
                        .getState()
                        .getTerminated()
                        .getExitCode())
                .isZero();
    }

    @Test
    default void aJobFailsWithTheExitCodeOfItsPod() {
        String ns = freshNamespace();

        apply(ns, "tiphys", job("fails", "sandbox.tiphys.dev/exit-code: '3'"));

        eventually().until(() -> condition(findJob(ns, "fails"), "Failed").isPresent());
        assertThat(condition(findJob(ns, "fails"), "Failed").orElseThrow().getReason())
                .isEqualTo("BackoffLimitExceeded");
        assertThat(findJob(ns, "fails").getStatus().getFailed()).isEqualTo(1);
        Pod pod = client().pods()
                .inNamespace(ns)
                .withLabel("job-name", "fails")
                .list()
                .getItems()
                .getFirst();
        assertThat(pod.getStatus().getPhase()).isEqualTo("Failed");
        assertThat(pod.getStatus()
                        .getContainerStatuses()
                        .getFirst()
                        .getState()
                        .getTerminated()
                        .getExitCode())
                .isEqualTo(3);
    }

    @Test
    default void aStatefulSetNumbersItsPodsAndRollsThemOver() {
        String ns = freshNamespace();
        String text = """
                apiVersion: apps/v1
                kind: StatefulSet
                metadata: {name: db}
                spec:
                  serviceName: db
                  replicas: 2
                  selector: {matchLabels: {app: db}}
                  template:
                    metadata: {labels: {app: db}}
                    spec: {containers: [{name: main, image: '%s'}]}
                """;

        apply(ns, "tiphys", yaml(text.formatted("postgres:1")));
        eventually().until(() -> isCurrent(ns));
        assertThat(pods(ns, "db")).extracting("metadata.name").containsExactly("db-0", "db-1");

        apply(ns, "tiphys", yaml(text.formatted("postgres:2")));
        eventually().until(() -> isCurrent(ns));
        assertThat(pods(ns, "db"))
                .hasSize(2)
                .allSatisfy(pod -> assertThat(image(pod)).isEqualTo("postgres:2"));
    }

    private boolean isCurrent(String namespace) {
        StatefulSet set = client().apps()
                .statefulSets()
                .inNamespace(namespace)
                .withName("db")
                .get();
        return set.getStatus() != null
                && set.getMetadata().getGeneration().equals(set.getStatus().getObservedGeneration())
                && Integer.valueOf(2).equals(set.getStatus().getReadyReplicas())
                && Integer.valueOf(2).equals(set.getStatus().getUpdatedReplicas())
                && set.getStatus().getCurrentRevision().equals(set.getStatus().getUpdateRevision());
    }

    @Test
    default void aDaemonSetHasAPodOnTheNode() {
        String ns = freshNamespace();

        apply(ns, "tiphys", yaml("""
                apiVersion: apps/v1
                kind: DaemonSet
                metadata: {name: agent}
                spec:
                  selector: {matchLabels: {app: agent}}
                  template:
                    metadata: {labels: {app: agent}}
                    spec: {containers: [{name: main, image: 'agent:1'}]}
                """));

        eventually().until(() -> {
            var status = client().apps()
                    .daemonSets()
                    .inNamespace(ns)
                    .withName("agent")
                    .get()
                    .getStatus();
            return status != null
                    && Integer.valueOf(1).equals(status.getDesiredNumberScheduled())
                    && Integer.valueOf(1).equals(status.getNumberAvailable())
                    && Integer.valueOf(1).equals(status.getUpdatedNumberScheduled());
        });
    }

    @Test
    default void aContainerThatRanHasALogAndOneThatWaitsHasNone() {
        String ns = freshNamespace();
        apply(ns, "tiphys", deployment("talks", 1, "nginx:1", ""));
        apply(ns, "tiphys", deployment("mute", 1, "nope:1", "sandbox.tiphys.dev/waiting: ImagePullBackOff"));
        eventually()
                .until(() -> isRolledOut(ns, "talks") && container(ns, "mute").isPresent());

        String log = client().pods()
                .inNamespace(ns)
                .withName(pods(ns, "talks").getFirst().getMetadata().getName())
                .getLog();

        assertThat(log.lines()).containsExactly("simulated output, line 1", "simulated output, line 2");
        assertThat(refused(() -> client().pods()
                                .inNamespace(ns)
                                .withName("absent")
                                .getLog())
                        .getCode())
                .isEqualTo(404);
    }
}
