package dev.tiphys.syncer.health;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.syncer.source.ManifestParser;
import dev.tiphys.syncer.source.SourceFile;
import dev.tiphys.syncer.source.yaml.RealParser;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealthTest {

    static JsonNode yaml(String text) {
        ManifestParser.Parsed parsed =
                RealParser.create().parse(new SourceFile("t.yaml", "t", text.getBytes(StandardCharsets.UTF_8)));
        assertThat(parsed.problems()).isEmpty();
        return parsed.documents().getFirst().tree();
    }

    private static String health(String type, String rest) {
        int slash = type.lastIndexOf('/');
        String metadata = rest.contains("metadata") ? "" : ", metadata: {name: web, generation: 2}";
        JsonNode live = yaml("{apiVersion: " + type.substring(0, slash) + ", kind: " + type.substring(slash + 1)
                + metadata + (rest.isEmpty() ? "" : ", " + rest) + "}");
        return Health.assess(live)
                .map(health -> health.status().word() + (health.message().isEmpty() ? "" : " " + health.message()))
                .orElse("none");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "spec: {paused: true}, status: {} | Suspended Deployment is paused",
                "spec: {}, status: {observedGeneration: 1} | Progressing Waiting for rollout to finish: observed deployment generation less than desired generation",
                "spec: {}, status: {observedGeneration: 2, conditions: [{type: Progressing, status: 'False', reason: ProgressDeadlineExceeded}]} | Degraded Deployment \"web\" exceeded its progress deadline",
                "spec: {replicas: 3}, status: {observedGeneration: 2, updatedReplicas: 1} | Progressing Waiting for rollout to finish: 1 out of 3 new replicas have been updated...",
                "spec: {replicas: 2}, status: {observedGeneration: 2, updatedReplicas: 2, replicas: 3} | Progressing Waiting for rollout to finish: 1 old replicas are pending termination...",
                "spec: {replicas: 2}, status: {observedGeneration: 2, updatedReplicas: 2, replicas: 2, availableReplicas: 1} | Progressing Waiting for rollout to finish: 1 of 2 updated replicas are available...",
                "spec: {replicas: 2}, status: {observedGeneration: 2, updatedReplicas: 2, replicas: 2, availableReplicas: 2} | Healthy",
                "spec: {replicas: 0}, status: {observedGeneration: 2} | Healthy"
            })
    void ofDeployments(String rest, String expected) {
        assertThat(health("apps/v1/Deployment", rest)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "spec: {}, status: {} | Progressing Waiting for statefulset spec update to be observed...",
                "spec: {replicas: 3}, status: {observedGeneration: 2, readyReplicas: 1} | Progressing Waiting for 2 pods to be ready...",
                "spec: {replicas: 3, updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 1}}}, status: {observedGeneration: 2, readyReplicas: 3, updatedReplicas: 1} | Progressing Waiting for partitioned roll out to finish: 1 out of 2 new pods have been updated...",
                "spec: {replicas: 3, updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 0}}}, status: {observedGeneration: 2, readyReplicas: 3, updatedReplicas: 3, updateRevision: b, currentRevision: a} | Healthy partitioned roll out complete: 3 new pods have been updated...",
                "spec: {replicas: 3, updateStrategy: {type: OnDelete}}, status: {observedGeneration: 2, readyReplicas: 3, updateRevision: b, currentRevision: a} | Healthy statefulset has 3 ready pods",
                "spec: {replicas: 3, updateStrategy: {type: RollingUpdate}}, status: {observedGeneration: 2, readyReplicas: 3, updatedReplicas: 1, updateRevision: b, currentRevision: a} | Progressing waiting for statefulset rolling update to complete 1 pods at revision b...",
                "spec: {replicas: 3, updateStrategy: {type: RollingUpdate}}, status: {observedGeneration: 2, readyReplicas: 3, currentReplicas: 3, updateRevision: b, currentRevision: b} | Healthy statefulset rolling update complete 3 pods at revision b..."
            })
    void ofStatefulSets(String rest, String expected) {
        assertThat(health("apps/v1/StatefulSet", rest)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "status: {observedGeneration: 1} | Progressing Waiting for rollout to finish: observed daemon set generation less than desired generation",
                "spec: {updateStrategy: {type: OnDelete}}, status: {observedGeneration: 2, desiredNumberScheduled: 2} | Healthy daemon set 0 out of 2 new pods have been updated",
                "status: {observedGeneration: 2, desiredNumberScheduled: 2, updatedNumberScheduled: 1} | Progressing Waiting for daemon set \"web\" rollout to finish: 1 out of 2 new pods have been updated...",
                "status: {observedGeneration: 2, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 1} | Progressing Waiting for daemon set \"web\" rollout to finish: 1 of 2 updated pods are available...",
                "status: {observedGeneration: 2, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2} | Healthy"
            })
    void ofDaemonSets(String rest, String expected) {
        assertThat(health("apps/v1/DaemonSet", rest)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "status: {observedGeneration: 1} | Progressing Waiting for rollout to finish: observed replica set generation less than desired generation",
                "status: {observedGeneration: 2, conditions: [{type: ReplicaFailure, status: 'True', message: exceeded quota}]} | Degraded exceeded quota",
                "spec: {replicas: 2}, status: {observedGeneration: 2, availableReplicas: 1} | Progressing Waiting for rollout to finish: 1 out of 2 new replicas are available...",
                "spec: {replicas: 2}, status: {observedGeneration: 2, availableReplicas: 2} | Healthy"
            })
    void ofReplicaSets(String rest, String expected) {
        assertThat(health("apps/v1/ReplicaSet", rest)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "spec: {restartPolicy: Always}, status: {phase: Pending, containerStatuses: [{state: {waiting: {reason: ErrImagePull, message: no such image}}}]} | Degraded no such image",
                "spec: {restartPolicy: Always}, status: {phase: Running, containerStatuses: [{state: {waiting: {reason: CrashLoopBackOff}}}]} | Degraded CrashLoopBackOff",
                "spec: {restartPolicy: Always}, status: {phase: Pending, containerStatuses: [{state: {waiting: {reason: ContainerCreating}}}]} | Progressing",
                "spec: {restartPolicy: Never}, status: {phase: Pending, containerStatuses: [{state: {waiting: {reason: ErrImagePull}}}]} | Progressing",
                "metadata: {name: a, annotations: {argocd.argoproj.io/ignore-restart-policy: 'true'}}, spec: {restartPolicy: Never}, status: {phase: Pending, containerStatuses: [{state: {waiting: {reason: ErrImagePull}}}]} | Degraded ErrImagePull",
                "status: {phase: Succeeded} | Healthy",
                "status: {phase: Failed, message: Evicted} | Degraded Evicted",
                "status: {phase: Failed, containerStatuses: [{name: a, state: {terminated: {exitCode: 0}}}, {name: b, state: {terminated: {exitCode: 3}}}]} | Degraded container \"b\" failed with exit code 3",
                "status: {phase: Failed, containerStatuses: [{name: a, state: {terminated: {exitCode: 137, reason: OOMKilled}}}]} | Degraded OOMKilled",
                "status: {phase: Failed, initContainerStatuses: [{name: a, state: {terminated: {exitCode: 1, message: bad}}}]} | Degraded bad",
                "spec: {restartPolicy: Always}, status: {phase: Running, conditions: [{type: Ready, status: 'True'}]} | Healthy",
                "spec: {restartPolicy: Always}, status: {phase: Running, containerStatuses: [{state: {running: {}}, lastState: {terminated: {exitCode: 1}}}]} | Degraded",
                "spec: {restartPolicy: Always}, status: {phase: Running} | Progressing",
                "spec: {restartPolicy: OnFailure}, status: {phase: Running, conditions: [{type: Ready, status: 'True'}]} | Progressing",
                "status: {phase: Unknown} | Unknown"
            })
    void ofPods(String rest, String expected) {
        assertThat(health("v1/Pod", rest)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "batch/v1/Job | status: {} | Progressing",
                "batch/v1/Job | status: {conditions: [{type: Complete, status: 'True', message: done}]} | Healthy done",
                "batch/v1/Job | status: {conditions: [{type: Failed, status: 'True', message: too often}]} | Degraded too often",
                "batch/v1/Job | status: {conditions: [{type: Suspended, status: 'True', message: paused}]} | Suspended paused",
                "batch/v1/Job | status: {conditions: [{type: Suspended, status: 'False', message: resumed}]} | Healthy resumed",
                "v1/Service | spec: {type: ClusterIP} | Healthy",
                "v1/Service | spec: {type: LoadBalancer} | Progressing Waiting for the load balancer's address",
                "v1/Service | spec: {type: LoadBalancer}, status: {loadBalancer: {ingress: [{ip: 1.2.3.4}]}} | Healthy",
                "networking.k8s.io/v1/Ingress | status: {loadBalancer: {}} | Progressing Waiting for the load balancer's address",
                "networking.k8s.io/v1/Ingress | status: {loadBalancer: {ingress: [{ip: 1.2.3.4}]}} | Healthy",
                "v1/PersistentVolumeClaim | status: {phase: Pending} | Progressing Waiting for a volume",
                "v1/PersistentVolumeClaim | status: {phase: Bound} | Healthy",
                "v1/PersistentVolumeClaim | status: {phase: Lost} | Degraded the volume is lost",
                "v1/PersistentVolumeClaim | status: {} | Unknown",
                "autoscaling/v2/HorizontalPodAutoscaler | status: {} | Progressing Waiting to Autoscale",
                "autoscaling/v2/HorizontalPodAutoscaler | status: {conditions: [{type: AbleToScale, status: 'True', message: ready}]} | Healthy ready",
                "autoscaling/v2/HorizontalPodAutoscaler | status: {conditions: [{type: AbleToScale, status: 'True'}, {type: ScalingActive, status: 'False', reason: FailedGetResourceMetric, message: no metrics}]} | Degraded no metrics",
                "autoscaling/v1/HorizontalPodAutoscaler | metadata: {annotations: {autoscaling.alpha.kubernetes.io/conditions: '[{\"type\":\"AbleToScale\",\"status\":\"True\",\"message\":\"ok\"}]'}} | Healthy ok",
                "autoscaling/v1/HorizontalPodAutoscaler | metadata: {annotations: {autoscaling.alpha.kubernetes.io/conditions: 'x'}} | Progressing Waiting to Autoscale",
                "apiregistration.k8s.io/v1/APIService | status: {conditions: [{type: Available, status: 'True', reason: Passed, message: ok}]} | Healthy Passed: ok",
                "apiregistration.k8s.io/v1/APIService | status: {} | Progressing Waiting to be processed",
                "apiextensions.k8s.io/v1/CustomResourceDefinition | status: {} | Progressing CRD is not established yet",
                "apiextensions.k8s.io/v1/CustomResourceDefinition | status: {conditions: [{type: Established, status: 'True'}]} | Healthy CRD is healthy",
                "argoproj.io/v1alpha1/Workflow | status: {} | Progressing",
                "argoproj.io/v1alpha1/Workflow | status: {phase: Running} | Progressing",
                "argoproj.io/v1alpha1/Workflow | status: {phase: Succeeded} | Healthy",
                "argoproj.io/v1alpha1/Workflow | status: {phase: Error, message: bad} | Degraded bad",
                "argoproj.io/v1alpha1/Workflow | status: {phase: Odd} | Unknown",
                "v1/ConfigMap | data: {} | none",
                "example.com/v1/Service | spec: {type: LoadBalancer} | none",
                "argoproj.io/v1alpha1/Application | status: {} | none",
                "v1/ConfigMap | metadata: {deletionTimestamp: '2026-01-01T00:00:00Z'} | Progressing Pending deletion",
                "v1/ConfigMap | metadata: {deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: [argocd.argoproj.io/hook-finalizer]} | none"
            })
    void ofOtherKinds(String type, String rest, String expected) {
        assertThat(health(type, rest)).isEqualTo(expected);
    }

    @Test
    void neverFailsForOddObjects() {
        for (String kind : new String[] {
            "apps/v1/Deployment",
            "apps/v1/StatefulSet",
            "apps/v1/DaemonSet",
            "apps/v1/ReplicaSet",
            "v1/Pod",
            "batch/v1/Job",
            "v1/Service",
            "v1/PersistentVolumeClaim",
            "autoscaling/v2/HorizontalPodAutoscaler",
            "argoproj.io/v1alpha1/Workflow"
        }) {
            for (String odd : new String[] {
                "status: 7", "status: {conditions: 3}", "status: null, spec: []", "status: {conditions: [1, null]}"
            }) {
                assertThat(health(kind, odd)).isNotNull();
            }
        }
    }
}
