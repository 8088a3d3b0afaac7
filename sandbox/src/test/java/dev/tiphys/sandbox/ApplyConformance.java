package dev.tiphys.sandbox;

import static dev.tiphys.sandbox.ConformanceSteps.configMap;
import static dev.tiphys.sandbox.ConformanceSteps.deployment;
import static dev.tiphys.sandbox.ConformanceSteps.eventually;
import static dev.tiphys.sandbox.ConformanceSteps.ownedBy;
import static dev.tiphys.sandbox.ConformanceSteps.refused;
import static dev.tiphys.sandbox.ConformanceSteps.version;
import static dev.tiphys.sandbox.ConformanceSteps.yaml;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Applying, changing, and who owns what. */
interface ApplyConformance extends ConformanceSteps {

    private Map<String, String> entries(String namespace, String name) {
        ConfigMap map =
                client().configMaps().inNamespace(namespace).withName(name).get();
        return map.getData() == null ? Map.of() : map.getData();
    }

    @Test
    default void anApplyMakesChangesAndThenLeavesAlone() {
        String ns = freshNamespace();

        GenericKubernetesResource made = apply(ns, "tiphys", configMap("settings", "a: one"));
        GenericKubernetesResource same = apply(ns, "tiphys", configMap("settings", "a: one"));
        GenericKubernetesResource changed = apply(ns, "tiphys", configMap("settings", "a: two"));

        assertThat(version(same)).isEqualTo(version(made));
        assertThat(version(changed)).isNotEqualTo(version(made));
        assertThat(entries(ns, "settings")).containsExactly(Map.entry("a", "two"));
    }

    @Test
    default void anApplyOfAWorkloadWithDefaultsIsNoChange() {
        String ns = freshNamespace();
        GenericKubernetesResource wanted = deployment("idle", 0, "nginx:1", "");
        apply(ns, "tiphys", wanted);
        eventually().until(() -> {
            Deployment now = client().apps()
                    .deployments()
                    .inNamespace(ns)
                    .withName("idle")
                    .get();
            return now.getStatus() != null
                    && now.getStatus().getConditions().size() == 2
                    && Long.valueOf(1).equals(now.getStatus().getObservedGeneration());
        });
        String before = version(live(ns, wanted));

        GenericKubernetesResource again = apply(ns, "tiphys", wanted);

        assertThat(version(again)).isEqualTo(before);
    }

    @Test
    default void aSecretWithPlainTextIsStoredCodedAndOwned() {
        String ns = freshNamespace();

        apply(ns, "tiphys", yaml("apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {key: value}\n"));

        assertThat(client().secrets().inNamespace(ns).withName("s").get().getData())
                .containsEntry("key", "dmFsdWU=");
    }

    @Test
    default void aManagersFieldsAreNamedInFieldsV1() {
        String ns = freshNamespace();

        apply(ns, "tiphys", deployment("web", 0, "nginx:1", ""));

        var entry =
                ownedBy(live(ns, deployment("web", 0, "nginx:1", "")), "tiphys").orElseThrow();
        assertThat(entry.getOperation()).isEqualTo("Apply");
        assertThat(entry.getFieldsType()).isEqualTo("FieldsV1");
        assertThat(Serialization.asJson(entry.getFieldsV1()))
                .contains("\"f:replicas\":{}")
                .contains("\"k:{\\\"name\\\":\\\"main\\\"}\":{\".\":{},\"f:image\":{},\"f:name\":{}}");
    }

    @Test
    default void whatAnotherOwnsIsAConflictThatNamesFieldAndOwner() {
        String ns = freshNamespace();
        apply(ns, "one", configMap("shared", "a: one, b: one"));

        KubernetesClientException refusal =
                refused(() -> apply(ns, "other", configMap("shared", "a: other, b: one, c: other")));

        assertThat(refusal.getCode()).isEqualTo(409);
        assertThat(refusal.getStatus().getReason()).isEqualTo("Conflict");
        assertThat(refusal.getStatus().getMessage())
                .isEqualTo("Apply failed with 1 conflict: conflict with \"one\": .data.a");
        assertThat(refusal.getStatus().getDetails().getCauses()).singleElement().satisfies(cause -> {
            assertThat(cause.getReason()).isEqualTo("FieldManagerConflict");
            assertThat(cause.getField()).isEqualTo(".data.a");
            assertThat(cause.getMessage()).isEqualTo("conflict with \"one\"");
        });
        assertThat(entries(ns, "shared")).containsOnlyKeys("a", "b");
    }

    @Test
    default void aConflictInAContainerNamesTheContainer() {
        String ns = freshNamespace();
        apply(ns, "one", deployment("web", 0, "nginx:1", ""));

        KubernetesClientException refusal = refused(() -> apply(ns, "other", deployment("web", 1, "nginx:2", "")));

        assertThat(refusal.getStatus().getDetails().getCauses().stream().map(StatusCause::getField))
                .containsExactlyInAnyOrder(".spec.replicas", ".spec.template.spec.containers[name=\"main\"].image");
    }

    @Test
    default void whatWasEditedByHandIsAConflictToo() {
        String ns = freshNamespace();
        apply(ns, "tiphys", configMap("edited", "a: one"));
        client().configMaps().inNamespace(ns).withName("edited").edit(map -> {
            map.getData().put("a", "by hand");
            return map;
        });

        KubernetesClientException refusal = refused(() -> apply(ns, "tiphys", configMap("edited", "a: one")));

        assertThat(refusal.getCode()).isEqualTo(409);
        assertThat(refusal.getStatus().getMessage()).endsWith(" using v1: .data.a");
    }

    @Test
    default void forceTakesAField() {
        String ns = freshNamespace();
        apply(ns, "one", configMap("taken", "a: one"));

        force(ns, "other", configMap("taken", "a: other"));

        assertThat(entries(ns, "taken")).containsEntry("a", "other");
        assertThat(ownedBy(live(ns, configMap("taken", "")), "one")).isEmpty();
        assertThat(refused(() -> apply(ns, "one", configMap("taken", "a: one"))).getCode())
                .isEqualTo(409);
    }

    @Test
    default void whatIsNoLongerAppliedIsRemoved() {
        String ns = freshNamespace();
        apply(ns, "tiphys", configMap("shrinking", "a: one, b: two"));

        apply(ns, "tiphys", configMap("shrinking", "a: one"));

        assertThat(entries(ns, "shrinking")).containsOnlyKeys("a");
    }

    @Test
    default void whatTwoApplyStaysUntilBothLetGo() {
        String ns = freshNamespace();
        apply(ns, "one", configMap("co-owned", "a: x, b: one"));
        apply(ns, "other", configMap("co-owned", "a: x, c: other"));

        apply(ns, "one", configMap("co-owned", "b: one"));
        assertThat(entries(ns, "co-owned")).containsOnlyKeys("a", "b", "c");

        apply(ns, "other", configMap("co-owned", "c: other"));
        assertThat(entries(ns, "co-owned")).containsOnlyKeys("b", "c");
    }

    @Test
    default void itemsOfAKeyedListAreMergedAndRemovedByTheirKey() {
        String ns = freshNamespace();
        apply(ns, "tiphys", withVariables("{name: A, value: '1'}, {name: B, value: '2'}"));
        apply(ns, "injector", yaml("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: env}
                spec:
                  template:
                    spec:
                      containers:
                      - name: main
                        env: [{name: C, value: '3'}]
                """));

        apply(ns, "tiphys", withVariables("{name: A, value: '9'}"));

        Deployment now =
                client().apps().deployments().inNamespace(ns).withName("env").get();
        var container = now.getSpec().getTemplate().getSpec().getContainers().getFirst();
        assertThat(container.getImage()).isEqualTo("nginx:1");
        assertThat(container.getEnv())
                .extracting("name", "value")
                .containsExactlyInAnyOrder(tuple("A", "9"), tuple("C", "3"));
    }

    private static GenericKubernetesResource withVariables(String variables) {
        return yaml("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: env}
                spec:
                  replicas: 0
                  selector: {matchLabels: {app: env}}
                  template:
                    metadata: {labels: {app: env}}
                    spec:
                      containers:
                      - {name: main, image: 'nginx:1', env: [%s]}
                """.formatted(variables));
    }

    @Test
    default void aBranchThatIsNoLongerAppliedGoesWithItsDefaults() {
        String ns = freshNamespace();
        GenericKubernetesResource probed = yaml("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: probed}
                spec:
                  replicas: 0
                  selector: {matchLabels: {app: probed}}
                  template:
                    metadata: {labels: {app: probed}}
                    spec:
                      containers:
                      - name: main
                        image: nginx:1
                        readinessProbe: {httpGet: {port: 80}}
                """);
        apply(ns, "tiphys", probed);

        apply(ns, "tiphys", deployment("probed", 0, "nginx:1", ""));

        Deployment now =
                client().apps().deployments().inNamespace(ns).withName("probed").get();
        assertThat(now.getSpec()
                        .getTemplate()
                        .getSpec()
                        .getContainers()
                        .getFirst()
                        .getReadinessProbe())
                .isNull();
    }

    @Test
    default void aServiceKeepsItsAddressAndMergesItsPorts() {
        String ns = freshNamespace();
        Service made = client().resource(service("{name: http, port: 80}"))
                .inNamespace(ns)
                .fieldManager("tiphys")
                .serverSideApply();

        Service changed = client().resource(
                        service("{name: http, port: 80, targetPort: 8080}, {name: admin, port: 81}"))
                .inNamespace(ns)
                .fieldManager("tiphys")
                .serverSideApply();

        assertThat(changed.getSpec().getClusterIP())
                .isNotBlank()
                .isEqualTo(made.getSpec().getClusterIP());
        assertThat(changed.getSpec().getPorts())
                .extracting("port", "protocol")
                .containsExactlyInAnyOrder(tuple(80, "TCP"), tuple(81, "TCP"));
    }

    private static Service service(String ports) {
        return Serialization.unmarshal(
                "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [" + ports
                        + "]}",
                Service.class);
    }

    @Test
    default void aRehearsalKeepsNothing() {
        String ns = freshNamespace();
        GenericKubernetesResource made = apply(ns, "tiphys", configMap("kept", "a: one"));

        GenericKubernetesResource rehearsed = client().resource(configMap("kept", "a: two"))
                .inNamespace(ns)
                .dryRun()
                .fieldManager("tiphys")
                .serverSideApply();
        client().resource(configMap("never", "a: one"))
                .inNamespace(ns)
                .dryRun()
                .fieldManager("tiphys")
                .serverSideApply();

        assertThat(rehearsed.<String>get("data", "a")).isEqualTo("two");
        assertThat(version(live(ns, configMap("kept", "")))).isEqualTo(version(made));
        assertThat(live(ns, configMap("never", ""))).isNull();
    }

    @Test
    default void theGenerationCountsChangesOfTheSpecOnly() {
        String ns = freshNamespace();
        apply(ns, "tiphys", deployment("gen", 0, "nginx:1", ""));

        GenericKubernetesResource labelled = deployment("gen", 0, "nginx:1", "");
        labelled.getMetadata().setLabels(Map.of("a", "b"));
        GenericKubernetesResource first = apply(ns, "tiphys", labelled);
        GenericKubernetesResource second = apply(ns, "tiphys", deployment("gen", 0, "nginx:2", ""));

        assertThat(first.getMetadata().getGeneration()).isEqualTo(1);
        assertThat(second.getMetadata().getGeneration()).isEqualTo(2);
        assertThat(second.getMetadata().getLabels()).isNullOrEmpty();
    }

    @Test
    default void aStaleVersionIsAConflict() {
        String ns = freshNamespace();
        GenericKubernetesResource old = apply(ns, "tiphys", configMap("raced", "a: one"));
        apply(ns, "tiphys", configMap("raced", "a: two"));

        KubernetesClientException refusal =
                refused(() -> client().resource(old).inNamespace(ns).update());

        assertThat(refusal.getCode()).isEqualTo(409);
        assertThat(refusal.getStatus().getReason()).isEqualTo("Conflict");
        assertThat(refusal.getStatus().getMessage()).contains("the object has been modified");
    }

    @Test
    default void whatIsThereIsNotMadeAgain() {
        String ns = freshNamespace();
        client().resource(configMap("once", "a: one")).inNamespace(ns).create();

        KubernetesClientException refusal = refused(() ->
                client().resource(configMap("once", "a: one")).inNamespace(ns).create());

        assertThat(refusal.getCode()).isEqualTo(409);
        assertThat(refusal.getStatus().getReason()).isEqualTo("AlreadyExists");
        assertThat(refusal.getStatus().getMessage()).isEqualTo("configmaps \"once\" already exists");
    }

    @Test
    default void anAbsentNamespaceIsNotFound() {
        KubernetesClientException refusal = refused(() -> apply("nowhere", "tiphys", configMap("x", "a: one")));

        assertThat(refusal.getCode()).isEqualTo(404);
        assertThat(refusal.getStatus().getReason()).isEqualTo("NotFound");
        assertThat(refusal.getStatus().getMessage()).isEqualTo("namespaces \"nowhere\" not found");
        assertThat(refusal.getStatus().getDetails().getKind()).isEqualTo("namespaces");
    }

    @Test
    default void whatDoesNotFitIsInvalidWithCauses() {
        String ns = freshNamespace();
        GenericKubernetesResource unfit = yaml("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: unfit}
                spec:
                  selector: {matchLabels: {app: one}}
                  template:
                    metadata: {labels: {app: other}}
                    spec: {containers: [{name: main, image: x}]}
                """);

        KubernetesClientException refusal = refused(() -> apply(ns, "tiphys", unfit));

        assertThat(refusal.getCode()).isEqualTo(422);
        assertThat(refusal.getStatus().getReason()).isEqualTo("Invalid");
        assertThat(refusal.getStatus().getMessage()).startsWith("Deployment.apps \"unfit\" is invalid: ");
        assertThat(refusal.getStatus().getDetails().getCauses()).anySatisfy(cause -> {
            assertThat(cause.getReason()).isEqualTo("FieldValueInvalid");
            assertThat(cause.getField()).isEqualTo("spec.template.metadata.labels");
        });
    }

    @Test
    default void theSelectorOfADeploymentDoesNotChange() {
        String ns = freshNamespace();
        apply(ns, "tiphys", deployment("fixed", 0, "nginx:1", ""));
        GenericKubernetesResource other = yaml("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: fixed}
                spec:
                  replicas: 0
                  selector: {matchLabels: {app: other}}
                  template:
                    metadata: {labels: {app: other}}
                    spec: {containers: [{name: main, image: 'nginx:1'}]}
                """);

        KubernetesClientException refusal = refused(() -> apply(ns, "tiphys", other));

        assertThat(refusal.getCode()).isEqualTo(422);
        assertThat(refusal.getStatus().getMessage()).contains("spec.selector").contains("field is immutable");
    }

    @Test
    default void aBadNameIsInvalid() {
        String ns = freshNamespace();

        KubernetesClientException refusal = refused(() -> apply(ns, "tiphys", configMap("Not_A_Name", "a: one")));

        assertThat(refusal.getCode()).isEqualTo(422);
        assertThat(refusal.getStatus().getDetails().getCauses())
                .anySatisfy(cause -> assertThat(cause.getField()).isEqualTo("metadata.name"));
    }

    @Test
    default void theThreePatchesChangeAnObject() {
        String ns = freshNamespace();
        client().resource(deployment("patched", 0, "nginx:1", ""))
                .inNamespace(ns)
                .create();
        var patched = client().apps().deployments().inNamespace(ns).withName("patched");

        patched.patch(
                PatchContext.of(PatchType.JSON), "[{\"op\":\"add\",\"path\":\"/spec/minReadySeconds\",\"value\":3}]");
        patched.patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}");
        patched.patch(
                PatchContext.of(PatchType.STRATEGIC_MERGE),
                "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"side\",\"image\":\"sidecar:1\"}]}}}}");

        Deployment now = patched.get();
        assertThat(now.getSpec().getMinReadySeconds()).isEqualTo(3);
        assertThat(now.getMetadata().getLabels()).containsEntry("a", "b");
        assertThat(now.getSpec().getTemplate().getSpec().getContainers())
                .extracting("name")
                .containsExactlyInAnyOrder("main", "side");
    }

    @Test
    default void theStatusIsAnotherDoor() {
        String ns = freshNamespace();
        Deployment made = client().apps()
                .deployments()
                .inNamespace(ns)
                .resource(Serialization.unmarshal(
                        Serialization.asYaml(deployment("door", 0, "nginx:1", "")), Deployment.class))
                .create();

        Deployment changed = client().apps()
                .deployments()
                .inNamespace(ns)
                .withName("door")
                // Without a resource version: the controllers write the status at the same time.
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\":{\"replicas\":0},\"status\":{\"replicas\":77}}");

        assertThat(made.getMetadata().getGeneration()).isEqualTo(1);
        assertThat(Optional.ofNullable(changed.getStatus()).map(DeploymentStatus::getReplicas))
                .isNotEqualTo(Optional.of(77));
    }
}
