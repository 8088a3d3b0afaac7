package dev.tiphys.syncer.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.syncer.source.Manifest;
import dev.tiphys.syncer.source.ObjectRef;
import dev.tiphys.testkit.RealCluster;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** What a real API server makes of applied objects is no drift: an unchanged application costs it nothing. */
@EnabledIf(value = "isThere", disabledReason = "no real control plane here, see kube/install")
@Tag("real")
class RealServerDriftTest {
    private static final String MANIFESTS = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, labels: {app: web}, annotations: {}}
            spec:
              replicas: 2
              selector: {matchLabels: {app: web}}
              strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 25%}}
              template:
                metadata: {labels: {app: web}, creationTimestamp: null}
                spec:
                  hostNetwork: false
                  hostPID: false
                  nodeSelector: {}
                  tolerations: [{key: a, operator: Exists}, {key: b, value: ""}]
                  securityContext: {}
                  topologySpreadConstraints:
                  - {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: web}}}
                  affinity:
                    podAntiAffinity:
                      preferredDuringSchedulingIgnoredDuringExecution:
                      - {weight: 1, podAffinityTerm: {topologyKey: host, labelSelector: {matchLabels: {app: web}}}}
                  initContainers: [{name: init, image: "busybox:1", command: [sh, -c, "true"]}]
                  containers:
                  - name: web
                    image: web:1
                    args: [a, b]
                    tty: false
                    ports: [{containerPort: 80}, {containerPort: 53, protocol: UDP}, {containerPort: 53, name: dns}]
                    resources: {limits: {cpu: 1000m, memory: 1024Mi}, requests: {cpu: 0.5, memory: "1073741824"}}
                    env:
                    - {name: A, value: "1"}
                    - {name: EMPTY, value: ""}
                    - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
                    - {name: CPU, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}
                    envFrom: [{configMapRef: {name: c}}]
                    readinessProbe: {httpGet: {path: /, port: 80}, initialDelaySeconds: 0}
                    volumeMounts: [{name: tmp, mountPath: /tmp, readOnly: false}, {name: cfg, mountPath: /cfg}]
                  volumes:
                  - {name: tmp, emptyDir: {}}
                  - {name: cfg, projected: {sources: [{configMap: {name: c}}, {secret: {name: s}}]}}
                  - {name: mem, emptyDir: {medium: Memory, sizeLimit: 1024Ki}}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec:
              selector: {app: web}
              ports: [{port: 80, targetPort: 80, name: http}, {port: 443, targetPort: https, name: https}, {port: 53, protocol: UDP, name: dns}]
            status: {loadBalancer: {}}
            ---
            {apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {a: text}, data: {b: "Yg==\\n"}}
            ---
            {apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {a: "1", empty: ""}}
            ---
            {apiVersion: v1, kind: ServiceAccount, metadata: {name: sa}, imagePullSecrets: [{name: pull}], automountServiceAccountToken: false}
            ---
            {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: all}, spec: {podSelector: {}, policyTypes: [Ingress], ingress: [{}]}}
            ---
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: web}
            spec: {rules: [{host: a.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}
            ---
            apiVersion: batch/v1
            kind: CronJob
            metadata: {name: nightly}
            spec: {schedule: "0 1 * * *", suspend: false, jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: a}]}}}}}
            ---
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: db}
            spec:
              serviceName: db
              replicas: 0
              selector: {matchLabels: {app: db}}
              template: {metadata: {labels: {app: db}}, spec: {containers: [{name: db, image: db}]}}
              volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1024Mi}}}}]
            ---
            {apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: web}, spec: {minAvailable: 50%, selector: {matchLabels: {app: web}}}}
            ---
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata: {name: web}
            spec:
              scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: other}
              maxReplicas: 3
              metrics: [{type: Resource, resource: {name: memory, target: {type: AverageValue, averageValue: 1024Mi}}}]
            ---
            {apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: r}, rules: [{apiGroups: [""], resources: [pods], verbs: [get, list]}]}
            ---
            {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: r}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}, subjects: [{kind: ServiceAccount, name: sa, namespace: default}]}
            ---
            {apiVersion: v1, kind: ResourceQuota, metadata: {name: q}, spec: {hard: {requests.cpu: 1000, limits.memory: 1024Gi, pods: "100"}}}
            ---
            {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: p}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1024Mi}}}}
            ---
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: widgets.example.com}
            spec:
              group: example.com
              scope: Namespaced
              names: {kind: Widget, plural: widgets}
              versions:
              - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, x-kubernetes-preserve-unknown-fields: true}}}}}
            """;

    @TempDir
    Path directory;

    static boolean isThere() {
        return RealCluster.whyNot().isEmpty();
    }

    @Test
    void anAppliedObjectIsTheSameUntilSomethingChanges() throws Exception {
        List<String> problems = new ArrayList<>();
        try (RealCluster cluster = RealCluster.start(directory);
                KubernetesClient client = new KubernetesClientBuilder()
                        .withConfig(Config.fromKubeconfig(Files.readString(cluster.kubeconfig())))
                        .build()) {
            for (String text : MANIFESTS.split("(?m)^---$")) {
                Applied applied = applied(Objects.manifest(Objects.yaml(text)));
                ObjectNode live = apply(client, applied.tree());
                Drift.differences(applied.tree(), live, "tiphys")
                        .forEach(difference -> problems.add(applied.ref().text() + " " + difference));
                if (!Drift.sameAsApplied(applied.tree(), live, "tiphys")) {
                    problems.add(
                            applied.ref().text() + " would be written again: " + live.at("/metadata/managedFields"));
                }
            }
        }
        assertThat(problems).isEmpty();
    }

    private static Applied applied(Manifest manifest) {
        boolean namespaced = !"CustomResourceDefinition".equals(manifest.ref().kind());
        PlanOptions options = new PlanOptions("shop", "default", true, false, false, false, false, "tiphys");
        return Applied.of(manifest, namespaced ? "default" : null, options);
    }

    private static ObjectNode apply(KubernetesClient client, ObjectNode tree) {
        GenericKubernetesResource wanted =
                client.getKubernetesSerialization().convertValue(tree, GenericKubernetesResource.class);
        GenericKubernetesResource live =
                client.resource(wanted).fieldManager("tiphys").forceConflicts().serverSideApply();
        ObjectNode read =
                (ObjectNode) Json.tree(client.getKubernetesSerialization().convertValue(live, Map.class));
        assertThat(ObjectRef.of(read).name()).isEqualTo(ObjectRef.of(tree).name());
        return read;
    }
}
