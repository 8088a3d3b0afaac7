package dev.tiphys.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.core.ConditionFactory;

/** The words in which the conformance suite is written. */
interface ConformanceSteps {

    /** Connected to the cluster that is tested. */
    KubernetesClient client();

    /** Leads to the cluster that is tested. */
    Path kubeconfig();

    default String freshNamespace() {
        String name = "t-" + UUID.randomUUID().toString().substring(0, 8);
        client().resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
        // A real cluster furnishes a namespace a moment later, and refuses pods until then.
        eventually()
                .until(() -> client().serviceAccounts()
                                .inNamespace(name)
                                .withName("default")
                                .get()
                        != null);
        return name;
    }

    static GenericKubernetesResource yaml(String text) {
        return Serialization.unmarshal(text, GenericKubernetesResource.class);
    }

    static GenericKubernetesResource configMap(String name, String entries) {
        return yaml("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + "}\ndata: {" + entries + "}\n");
    }

    static GenericKubernetesResource deployment(String name, int replicas, String image, String annotations) {
        return yaml("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: %1$s}
                spec:
                  replicas: %2$d
                  progressDeadlineSeconds: 600
                  selector: {matchLabels: {app: %1$s}}
                  template:
                    metadata:
                      labels: {app: %1$s}
                      annotations: {%4$s}
                    spec:
                      containers:
                      - name: main
                        image: %3$s
                """.formatted(name, replicas, image, annotations.isEmpty() ? "plain: 'yes'" : annotations));
    }

    static GenericKubernetesResource job(String name, String annotations) {
        return yaml("""
                apiVersion: batch/v1
                kind: Job
                metadata: {name: %s}
                spec:
                  backoffLimit: 0
                  template:
                    metadata: {annotations: {%s}}
                    spec:
                      restartPolicy: Never
                      containers: [{name: main, image: busybox, command: [run]}]
                """.formatted(name, annotations));
    }

    default GenericKubernetesResource apply(String namespace, String manager, GenericKubernetesResource object) {
        return client().resource(object)
                .inNamespace(namespace)
                .fieldManager(manager)
                .serverSideApply();
    }

    default GenericKubernetesResource force(String namespace, String manager, GenericKubernetesResource object) {
        return client().resource(object)
                .inNamespace(namespace)
                .fieldManager(manager)
                .forceConflicts()
                .serverSideApply();
    }

    default <T extends HasMetadata> T live(String namespace, T object) {
        return client().resource(object).inNamespace(namespace).get();
    }

    default List<Pod> pods(String namespace, String app) {
        return client().pods()
                .inNamespace(namespace)
                .withLabel("app", app)
                .list()
                .getItems();
    }

    static KubernetesClientException refused(ThrowingCallable call) {
        KubernetesClientException refusal = catchThrowableOfType(KubernetesClientException.class, call);
        assertThat(refusal).as("the call was not refused").isNotNull();
        return refusal;
    }

    static String version(HasMetadata object) {
        return object.getMetadata().getResourceVersion();
    }

    static Optional<ManagedFieldsEntry> ownedBy(HasMetadata object, String manager) {
        return object.getMetadata().getManagedFields().stream()
                .filter(entry -> manager.equals(entry.getManager()))
                .findFirst();
    }

    static ConditionFactory eventually() {
        return await().atMost(Duration.ofSeconds(40)).pollInterval(Duration.ofMillis(50));
    }
}
