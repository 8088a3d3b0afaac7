package dev.tiphys.sandbox;

import static dev.tiphys.sandbox.ConformanceSteps.configMap;
import static dev.tiphys.sandbox.ConformanceSteps.eventually;
import static dev.tiphys.sandbox.ConformanceSteps.version;
import static dev.tiphys.sandbox.ConformanceSteps.yaml;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is the sandbox's own: its files, its label, its persistence, and what only it simulates. */
@Tag("real")
class SandboxClusterTest {

    @TempDir
    Path directory;

    private static KubernetesClient connect(SandboxCluster cluster) {
        return new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(cluster.kubeconfig().toFile()))
                .build();
    }

    private static GenericKubernetesResource apply(KubernetesClient client, GenericKubernetesResource object) {
        return client.resource(object)
                .inNamespace("default")
                .fieldManager("tiphys")
                .serverSideApply();
    }

    @Test
    void itSaysThatItIsASandboxAndKeepsItsTokenPrivate() throws IOException {
        try (SandboxCluster cluster = SandboxCluster.start(directory, 0);
                KubernetesClient client = connect(cluster)) {
            assertThat(client.getKubernetesVersion().getGitVersion()).isEqualTo("v1.35.0-tiphys.sandbox");
            assertThat(client.nodes().list().getItems())
                    .extracting("metadata.name")
                    .containsExactly("sandbox");
            assertThat(Files.readString(cluster.kubeconfig())).contains("current-context: tiphys-sandbox");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(cluster.kubeconfig())))
                    .isEqualTo("rw-------");
            assertThat(cluster.url().toString()).isEqualTo("https://127.0.0.1:" + cluster.port());
        }
    }

    @Test
    void nobodyEntersWithoutTheToken() throws IOException {
        try (SandboxCluster cluster = SandboxCluster.start(directory, 0)) {
            Config stranger = Config.fromKubeconfig(cluster.kubeconfig().toFile());
            stranger.setOauthToken("wrong");
            stranger.setAutoOAuthToken("wrong");
            try (KubernetesClient client =
                    new KubernetesClientBuilder().withConfig(stranger).build()) {
                assertThatThrownBy(
                                () -> client.configMaps().inNamespace("default").list())
                        .isInstanceOfSatisfying(
                                KubernetesClientException.class,
                                refusal -> assertThat(refusal.getCode()).isEqualTo(401));
            }
        }
    }

    @Test
    void objectsAndVersionsOutliveARestartAndATornLine() throws IOException {
        String version;
        try (SandboxCluster cluster = SandboxCluster.start(directory, 0);
                KubernetesClient client = connect(cluster)) {
            version = version(apply(client, configMap("kept", "a: one")));
            apply(client, configMap("deleted", "a: one"));
            client.configMaps().inNamespace("default").withName("deleted").delete();
        }
        // What a kill in the middle of a write leaves behind.
        Files.write(
                directory.resolve("objects.jsonl"),
                "{\"revision\":999999,\"storage\":\"/configmaps\",\"na".getBytes(StandardCharsets.UTF_8),
                StandardOpenOption.APPEND);

        try (SandboxCluster cluster = SandboxCluster.start(directory, 0);
                KubernetesClient client = connect(cluster)) {
            var maps = client.configMaps().inNamespace("default");
            assertThat(version(maps.withName("kept").get())).isEqualTo(version);
            assertThat(maps.withName("deleted").get()).isNull();
            String later = version(apply(client, configMap("kept", "a: two")));
            assertThat(Long.parseLong(later))
                    .isGreaterThan(Long.parseLong(version))
                    .isLessThan(999_999);
        }
    }

    @Test
    void definitionsOutliveARestart() throws IOException {
        GenericKubernetesResource definition = yaml("""
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: boats.example.com}
                spec:
                  group: example.com
                  scope: Cluster
                  names: {plural: boats, kind: Boat}
                  versions:
                  - name: v1
                    served: true
                    storage: true
                    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
                """);
        GenericKubernetesResource boat = yaml("apiVersion: example.com/v1\nkind: Boat\nmetadata: {name: argo}\n");
        try (SandboxCluster cluster = SandboxCluster.start(directory, 0);
                KubernetesClient client = connect(cluster)) {
            client.resource(definition).create();
            client.resource(boat).create();
        }

        try (SandboxCluster cluster = SandboxCluster.start(directory, 0);
                KubernetesClient client = connect(cluster)) {
            assertThat(client.resource(boat).get()).isNotNull();
        }
    }

    @Test
    void oneDirectoryServesOneSandbox() throws IOException {
        try (SandboxCluster cluster = SandboxCluster.start(directory, 0)) {
            assertThat(cluster.port()).isPositive();
            assertThatThrownBy(() -> SandboxCluster.start(directory, 0))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("already runs a sandbox");
        }
    }

    @Test
    void aWatcherFromBeforeARestartIsToldToListAgain() throws Exception {
        String old;
        try (SandboxCluster cluster = SandboxCluster.start(directory, 0);
                KubernetesClient client = connect(cluster)) {
            old = version(apply(client, configMap("a", "a: one")));
            apply(client, configMap("a", "a: two"));
        }
        try (SandboxCluster cluster = SandboxCluster.start(directory, 0);
                KubernetesClient client = connect(cluster)) {
            CompletableFuture<Boolean> gone = new CompletableFuture<>();
            try (var watch = client.configMaps()
                    .inNamespace("default")
                    .withResourceVersion(old)
                    .watch(new Watcher<ConfigMap>() {
                        @Override
                        public void eventReceived(Action action, ConfigMap map) {
                            gone.complete(false);
                        }

                        @Override
                        public void onClose(WatcherException cause) {
                            gone.complete(cause.isHttpGone());
                        }
                    })) {
                assertThat(watch).isNotNull();
                assertThat(gone.get(5, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    @Test
    void claimsLoadBalancersAndIngressesAreServed() throws IOException {
        try (SandboxCluster cluster = SandboxCluster.start(directory, 0);
                KubernetesClient client = connect(cluster)) {
            apply(client, yaml("""
                    apiVersion: v1
                    kind: PersistentVolumeClaim
                    metadata: {name: disk}
                    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
                    """));
            apply(client, yaml("""
                    apiVersion: v1
                    kind: Service
                    metadata: {name: front}
                    spec: {type: LoadBalancer, ports: [{port: 80}]}
                    """));
            apply(client, yaml("""
                    apiVersion: networking.k8s.io/v1
                    kind: Ingress
                    metadata: {name: front}
                    spec: {defaultBackend: {service: {name: front, port: {number: 80}}}}
                    """));

            eventually()
                    .until(() -> "Bound"
                            .equals(client.persistentVolumeClaims()
                                    .inNamespace("default")
                                    .withName("disk")
                                    .get()
                                    .getStatus()
                                    .getPhase()));
            eventually()
                    .until(() -> !client.services()
                            .inNamespace("default")
                            .withName("front")
                            .get()
                            .getStatus()
                            .getLoadBalancer()
                            .getIngress()
                            .isEmpty());
            eventually().until(() -> {
                Ingress ingress = client.network()
                        .v1()
                        .ingresses()
                        .inNamespace("default")
                        .withName("front")
                        .get();
                return ingress.getStatus() != null
                        && !ingress.getStatus().getLoadBalancer().getIngress().isEmpty();
            });
        }
    }

    @Test
    void aJobTriesAgainAsOftenAsItMay() throws IOException {
        try (SandboxCluster cluster = SandboxCluster.start(directory, 0);
                KubernetesClient client = connect(cluster)) {
            GenericKubernetesResource job = ConformanceSteps.job("stubborn", "sandbox.tiphys.dev/exit-code: '1'");
            job.<Map<String, Object>>get("spec").put("backoffLimit", 1);

            apply(client, job);

            eventually().until(() -> {
                var status = client.batch()
                        .v1()
                        .jobs()
                        .inNamespace("default")
                        .withName("stubborn")
                        .get()
                        .getStatus();
                return status != null
                        && status.getConditions().stream()
                                .anyMatch(one -> one.getType().equals("Failed"));
            });
            assertThat(client.pods()
                            .inNamespace("default")
                            .withLabel("job-name", "stubborn")
                            .list()
                            .getItems())
                    .hasSize(2);
        }
    }

    @Test
    void aThousandObjectsGoThrough() throws IOException {
        try (SandboxCluster cluster = SandboxCluster.start(directory, 0);
                KubernetesClient client = connect(cluster)) {
            long start = System.nanoTime();
            for (int i = 0; i < 1000; i++) {
                client.resource(new ConfigMapBuilder()
                                .withNewMetadata()
                                .withName("c" + i)
                                .endMetadata()
                                .addToData("a", "b")
                                .build())
                        .inNamespace("default")
                        .fieldManager("tiphys")
                        .serverSideApply();
            }
            assertThat(client.configMaps().inNamespace("default").list().getItems())
                    .hasSize(1001);
            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(60));
        }
    }
}
