package dev.tiphys.syncer.health;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiagnosisTest {
    private static final JsonNode DEPLOYMENT = HealthTest.yaml("""
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, namespace: experiment, uid: d}
            spec: {replicas: 1}
            status:
              conditions: [{type: Progressing, status: "False", reason: ProgressDeadlineExceeded, message: ReplicaSet "web-new" has timed out progressing.}]
            """);
    private static final JsonNode OLD = replicaSet("web-old", "old", 1, "");
    private static final JsonNode NEW = replicaSet("web-new", "new", 2, "");

    private static JsonNode replicaSet(String name, String uid, int revision, String rest) {
        return HealthTest.yaml("{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: " + name + ", uid: " + uid
                + ", ownerReferences: [{uid: d}], annotations: {deployment.kubernetes.io/revision: '" + revision + "'}}"
                + rest
                + "}");
    }

    private static JsonNode pod(String name, String owner, String status) {
        return HealthTest.yaml("{apiVersion: v1, kind: Pod, metadata: {name: " + name + ", uid: " + name
                + ", ownerReferences: [{uid: " + owner + "}]}, status: {" + status + "}}");
    }

    private static JsonNode event(String uid, String time, String reason, String message) {
        return HealthTest.yaml("{kind: Event, type: Warning, involvedObject: {uid: " + uid + ", name: " + uid
                + "}, lastTimestamp: '" + time + "', reason: " + reason + ", message: '" + message + "'}");
    }

    private static String diagnose(JsonNode owner, List<JsonNode> pods, List<JsonNode> events) {
        return Diagnosis.diagnose(owner, pods, List.of(OLD, NEW), events).text();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "containerStatuses: [{name: web, state: {waiting: {reason: ImagePullBackOff, message: Back-off pulling image x}}}] | container web of pod web-abc: ImagePullBackOff: Back-off pulling image x",
                "containerStatuses: [{name: web, restartCount: 4, state: {waiting: {reason: CrashLoopBackOff, message: back-off 40s}}, lastState: {terminated: {exitCode: 3, reason: Error}}}] | container web of pod web-abc: CrashLoopBackOff, last exit code 3, 4 restarts",
                "containerStatuses: [{name: web, restartCount: 1, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 137, reason: OOMKilled}}}] | container web of pod web-abc: CrashLoopBackOff, last exit code 137 (OOMKilled), 1 restart",
                "containerStatuses: [{name: web, state: {terminated: {exitCode: 2, message: no config}}}] | container web of pod web-abc: exit code 2: no config",
                "containerStatuses: [{name: ok, ready: true, state: {running: {}}}, {name: web, restartCount: 1, state: {running: {}}, lastState: {terminated: {exitCode: 1}}}] | container web of pod web-abc: exit code 1, 1 restart",
                "initContainerStatuses: [{name: init, state: {waiting: {reason: CreateContainerConfigError, message: secret x not found}}}], containerStatuses: [{name: web, state: {waiting: {reason: PodInitializing}}}] | container init of pod web-abc: CreateContainerConfigError: secret x not found",
                "conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: 0/1 nodes are available}] | pod web-abc cannot be scheduled: Unschedulable: 0/1 nodes are available",
                "phase: Failed, reason: Evicted, message: The node was low on memory | pod web-abc failed: Evicted: The node was low on memory",
                "containerStatuses: [{name: web, ready: false, state: {running: {}}}] | container web of pod web-abc runs and is not ready"
            })
    void namesTheContainersReason(String status, String expected) {
        assertThat(diagnose(DEPLOYMENT, List.of(pod("web-abc", "new", status)), List.of()))
                .isEqualTo("Deployment experiment/web: " + expected);
    }

    @Nested
    class OfADeployment {
        @Test
        void looksOnlyAtTheNewestReplicaSetsPods() {
            JsonNode old =
                    pod("web-old-1", "old", "containerStatuses: [{name: web, state: {terminated: {exitCode: 9}}}]");
            JsonNode other =
                    pod("x", "stranger", "containerStatuses: [{name: web, state: {terminated: {exitCode: 8}}}]");
            JsonNode young = pod(
                    "web-new-1", "new", "containerStatuses: [{name: web, state: {waiting: {reason: ErrImagePull}}}]");

            assertThat(diagnose(DEPLOYMENT, List.of(old, other, young), List.of()))
                    .isEqualTo("Deployment experiment/web: container web of pod web-new-1: ErrImagePull");
        }

        @Test
        void namesAQuotaThatKeepsPodsAway() {
            JsonNode failing = replicaSet(
                    "web-new",
                    "new",
                    2,
                    ", status: {conditions: [{type: ReplicaFailure, status: 'True', reason: FailedCreate, message: 'exceeded quota: pods'}]}");

            assertThat(Diagnosis.diagnose(DEPLOYMENT, List.of(), List.of(failing), List.of())
                            .message())
                    .isEqualTo("FailedCreate: exceeded quota: pods");
        }

        @Test
        void addsWhatTheProbeSaid() {
            JsonNode pod = pod("web-abc", "new", "containerStatuses: [{name: web, state: {running: {}}}]");

            assertThat(diagnose(
                            DEPLOYMENT,
                            List.of(pod),
                            List.of(event(
                                    "web-abc", "2026-01-01T00:00:00Z", "Unhealthy", "Readiness probe failed: 503"))))
                    .endsWith("runs and is not ready: Unhealthy: Readiness probe failed: 503");
        }

        @Test
        void takesTheNewestOfItsEvents() {
            assertThat(diagnose(
                            DEPLOYMENT,
                            List.of(),
                            List.of(
                                    event("d", "2026-01-01T00:00:01Z", "Old", "old"),
                                    event("new", "2026-01-01T00:00:02Z", "FailedCreate", "forbidden"),
                                    event("stranger", "2026-01-01T00:00:03Z", "Not", "ours"))))
                    .isEqualTo("Deployment experiment/web: FailedCreate: forbidden");
        }

        @Test
        void fallsBackToItsCondition() {
            assertThat(diagnose(DEPLOYMENT, List.of(), List.of()))
                    .isEqualTo(
                            "Deployment experiment/web: ProgressDeadlineExceeded: ReplicaSet \"web-new\" has timed out progressing.");
        }
    }

    @Test
    void aJobsContainerSaysMoreThanItsCondition() {
        JsonNode job = HealthTest.yaml(
                "{apiVersion: batch/v1, kind: Job, metadata: {name: migrate, namespace: x, uid: j}, status: {conditions: [{type: Failed, status: 'True', reason: BackoffLimitExceeded, message: Job has reached the specified backoff limit}]}}");
        JsonNode pod = pod(
                "migrate-1",
                "j",
                "phase: Failed, containerStatuses: [{name: main, state: {terminated: {exitCode: 3, reason: Error}}}]");

        assertThat(diagnose(job, List.of(pod), List.of()))
                .isEqualTo("Job x/migrate: container main of pod migrate-1: exit code 3");
        assertThat(diagnose(job, List.of(), List.of()))
                .isEqualTo("Job x/migrate: BackoffLimitExceeded: Job has reached the specified backoff limit");
    }

    @Test
    void somethingIsAlwaysSaid() {
        assertThat(diagnose(HealthTest.yaml("{kind: X, metadata: {name: a}}"), List.of(), List.of()))
                .isEqualTo("X a: its status tells no reason");
        assertThat(diagnose(
                        HealthTest.yaml(
                                "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: a}, status: {phase: Pending}}"),
                        List.of(),
                        List.of()))
                .isEqualTo("PersistentVolumeClaim a: Waiting for a volume");
    }
}
