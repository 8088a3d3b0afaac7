package dev.tiphys.sandbox;

import static dev.tiphys.sandbox.ConformanceSteps.configMap;
import static dev.tiphys.sandbox.ConformanceSteps.deployment;
import static dev.tiphys.sandbox.ConformanceSteps.eventually;
import static dev.tiphys.sandbox.ConformanceSteps.refused;
import static dev.tiphys.sandbox.ConformanceSteps.version;
import static dev.tiphys.sandbox.ConformanceSteps.yaml;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapList;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** Finding, watching and deleting, and kinds that are added. */
interface LifecycleConformance extends ConformanceSteps {

    private ConfigMap map(String namespace, String name) {
        return client().configMaps().inNamespace(namespace).withName(name).get();
    }

    private void labelled(String namespace, String name, String key, String value) {
        GenericKubernetesResource map = configMap(name, "a: one");
        map.getMetadata().setLabels(Map.of(key, value));
        apply(namespace, "tiphys", map);
    }

    @Test
    default void aLabelSelectorFindsWhatItNames() {
        String ns = freshNamespace();
        labelled(ns, "one", "app", "one");
        labelled(ns, "two", "app", "two");
        labelled(ns, "three", "tier", "x");

        var maps = client().configMaps().inNamespace(ns);

        assertThat(maps.withLabel("app", "one").list().getItems())
                .extracting("metadata.name")
                .containsExactly("one");
        assertThat(maps.withLabelSelector("app in (one, two)").list().getItems())
                .extracting("metadata.name")
                .containsExactly("one", "two");
        assertThat(maps.withLabelSelector("app,app!=one").list().getItems())
                .extracting("metadata.name")
                .containsExactly("two");
        assertThat(maps.withLabelSelector("!app,tier").list().getItems())
                .extracting("metadata.name")
                .containsExactly("three");
        assertThat(maps.withField("metadata.name", "two").list().getItems())
                .extracting("metadata.name")
                .containsExactly("two");
    }

    @Test
    default void aListComesInPages() {
        String ns = freshNamespace();
        for (int i = 0; i < 5; i++) {
            labelled(ns, "page-" + i, "paged", "yes");
        }
        var maps = client().configMaps().inNamespace(ns);

        ConfigMapList first = maps.list(new ListOptionsBuilder()
                .withLabelSelector("paged=yes")
                .withLimit(3L)
                .build());
        ConfigMapList second = maps.list(new ListOptionsBuilder()
                .withLabelSelector("paged=yes")
                .withLimit(3L)
                .withContinue(first.getMetadata().getContinue())
                .build());

        assertThat(first.getItems()).hasSize(3);
        assertThat(second.getItems()).extracting("metadata.name").containsExactly("page-3", "page-4");
        assertThat(second.getMetadata().getContinue()).isNullOrEmpty();
    }

    @Test
    default void anInformerHearsEachChangeInOrder() {
        String ns = freshNamespace();
        labelled(ns, "early", "heard", "yes");
        Queue<String> heard = new ConcurrentLinkedQueue<>();
        try (SharedIndexInformer<ConfigMap> informer = client().configMaps()
                .inNamespace(ns)
                .withLabel("heard", "yes")
                .inform(new ResourceEventHandler<>() {
                    @Override
                    public void onAdd(ConfigMap map) {
                        heard.add("add " + map.getMetadata().getName());
                    }

                    @Override
                    public void onUpdate(ConfigMap before, ConfigMap after) {
                        heard.add("update " + after.getMetadata().getName());
                    }

                    @Override
                    public void onDelete(ConfigMap map, boolean unknown) {
                        heard.add("delete " + map.getMetadata().getName());
                    }
                })) {
            eventually().until(() -> informer.hasSynced() && heard.contains("add early"));
            labelled(ns, "late", "heard", "yes");
            eventually().until(() -> heard.contains("add late"));
            GenericKubernetesResource changed = configMap("late", "a: two");
            changed.getMetadata().setLabels(Map.of("heard", "yes"));
            apply(ns, "tiphys", changed);
            eventually().until(() -> heard.contains("update late"));
            client().configMaps().inNamespace(ns).withName("late").delete();
            // It leaves the selection without being deleted: for this watcher that is the same.
            labelled(ns, "early", "heard", "no");

            eventually().until(() -> heard.contains("delete late") && heard.contains("delete early"));
        }

        assertThat(List.copyOf(heard))
                .containsSubsequence("add early", "add late", "update late", "delete late", "delete early");
    }

    @Test
    default void whatADeploymentOwnsGoesAfterIt() {
        String ns = freshNamespace();
        apply(ns, "tiphys", deployment("gone", 2, "nginx:1", ""));
        eventually().until(() -> pods(ns, "gone").size() == 2);

        client().apps()
                .deployments()
                .inNamespace(ns)
                .withName("gone")
                .withPropagationPolicy(DeletionPropagation.BACKGROUND)
                .delete();

        assertThat(client().apps()
                        .deployments()
                        .inNamespace(ns)
                        .withName("gone")
                        .get())
                .isNull();
        eventually()
                .until(() -> pods(ns, "gone").isEmpty()
                        && client().apps()
                                .replicaSets()
                                .inNamespace(ns)
                                .list()
                                .getItems()
                                .isEmpty());
    }

    private void owned(String namespace, String ownerName, String name, List<String> finalizers) {
        ConfigMap owner = map(namespace, ownerName);
        GenericKubernetesResource dependent = configMap(name, "a: one");
        dependent.getMetadata().setFinalizers(finalizers);
        dependent
                .getMetadata()
                .setOwnerReferences(List.of(new OwnerReferenceBuilder()
                        .withApiVersion("v1")
                        .withKind("ConfigMap")
                        .withName(ownerName)
                        .withUid(owner.getMetadata().getUid())
                        .withBlockOwnerDeletion(true)
                        .build()));
        client().resource(dependent).inNamespace(namespace).create();
    }

    @Test
    default void inTheForegroundTheOwnerGoesLast() {
        String ns = freshNamespace();
        apply(ns, "tiphys", configMap("owner", "a: one"));
        owned(ns, "owner", "held", List.of("example.com/hold"));

        client().configMaps()
                .inNamespace(ns)
                .withName("owner")
                .withPropagationPolicy(DeletionPropagation.FOREGROUND)
                .delete();

        eventually().until(() -> map(ns, "held").getMetadata().getDeletionTimestamp() != null);
        assertThat(map(ns, "owner").getMetadata().getFinalizers()).containsExactly("foregroundDeletion");
        client().configMaps().inNamespace(ns).withName("held").edit(map -> {
            map.getMetadata().setFinalizers(List.of());
            return map;
        });
        eventually().until(() -> map(ns, "held") == null && map(ns, "owner") == null);
    }

    @Test
    default void orphansStayWithoutTheirOwner() {
        String ns = freshNamespace();
        apply(ns, "tiphys", configMap("owner", "a: one"));
        owned(ns, "owner", "child", List.of());

        client().configMaps()
                .inNamespace(ns)
                .withName("owner")
                .withPropagationPolicy(DeletionPropagation.ORPHAN)
                .delete();

        eventually().until(() -> map(ns, "owner") == null);
        assertThat(map(ns, "child").getMetadata().getOwnerReferences()).isNullOrEmpty();
    }

    @Test
    default void aFinalizerHoldsAnObject() {
        String ns = freshNamespace();
        GenericKubernetesResource held = configMap("held", "a: one");
        held.getMetadata().setFinalizers(List.of("example.com/hold"));
        apply(ns, "tiphys", held);

        client().configMaps().inNamespace(ns).withName("held").delete();

        assertThat(map(ns, "held").getMetadata().getDeletionTimestamp()).isNotBlank();
        client().configMaps().inNamespace(ns).withName("held").edit(map -> {
            map.getMetadata().setFinalizers(List.of());
            return map;
        });
        assertThat(map(ns, "held")).isNull();
    }

    @Test
    default void aDeletionMayNameTheUidItMeans() {
        String ns = freshNamespace();
        apply(ns, "tiphys", configMap("mine", "a: one"));
        ConfigMap another = map(ns, "mine");
        another.getMetadata().setUid(UUID.randomUUID().toString());
        another.getMetadata().setResourceVersion(null);

        KubernetesClientException refusal = refused(() -> client().resource(another)
                .inNamespace(ns)
                .lockResourceVersion("1")
                .delete());

        assertThat(refusal.getCode()).isEqualTo(409);
        assertThat(map(ns, "mine")).isNotNull();
    }

    @Test
    default void aNamespaceGoesWithWhatIsInIt() {
        String ns = freshNamespace();
        apply(ns, "tiphys", deployment("inside", 1, "nginx:1", ""));
        apply(ns, "tiphys", configMap("inside", "a: one"));

        client().namespaces().withName(ns).delete();

        eventually().until(() -> client().namespaces().withName(ns).get() == null);
        assertThat(refused(() -> apply(ns, "tiphys", configMap("late", "a: one")))
                        .getCode())
                .isEqualTo(404);
    }

    @Test
    default void anAbsentObjectIsNullAndItsKindIsNot() {
        String ns = freshNamespace();

        assertThat(map(ns, "absent")).isNull();
        assertThat(client().configMaps().inNamespace(ns).withName("absent").delete())
                .isEmpty();
    }

    @Test
    default void aDefinitionBringsAKindWithItsSchema() {
        String ns = freshNamespace();
        String group = "g" + UUID.randomUUID().toString().substring(0, 6) + ".example.com";
        GenericKubernetesResource definition = yaml("""
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: boats.%1$s}
                spec:
                  group: %1$s
                  scope: Namespaced
                  names: {plural: boats, singular: boat, kind: Boat}
                  versions:
                  - name: v1
                    served: true
                    storage: true
                    subresources: {status: {}}
                    schema:
                      openAPIV3Schema:
                        type: object
                        properties:
                          spec:
                            type: object
                            required: [oars]
                            properties:
                              oars: {type: integer, minimum: 1}
                              flag: {type: string, default: white}
                              crew:
                                type: array
                                x-kubernetes-list-type: map
                                x-kubernetes-list-map-keys: [name]
                                items:
                                  type: object
                                  required: [name]
                                  properties: {name: {type: string}, role: {type: string}}
                          status: {type: object, x-kubernetes-preserve-unknown-fields: true}
                """.formatted(group));
        client().resource(definition).fieldManager("tiphys").serverSideApply();
        eventually().until(() -> {
            var live = client().apiextensions()
                    .v1()
                    .customResourceDefinitions()
                    .withName("boats." + group)
                    .get();
            return live.getStatus() != null
                    && live.getStatus().getConditions() != null
                    && live.getStatus().getConditions().stream()
                            .anyMatch(condition -> condition.getType().equals("Established")
                                    && condition.getStatus().equals("True"));
        });

        GenericKubernetesResource made = eventually()
                .until(
                        () -> apply(ns, "one", boat(group, "oars: 2, crew: [{name: ann, role: bow}]")),
                        boat -> boat != null);
        GenericKubernetesResource shared = apply(ns, "other", boat(group, "crew: [{name: bob}]"));
        KubernetesClientException unfit = refused(() -> apply(ns, "one", boat(group, "oars: many")));
        KubernetesClientException lacking = refused(() -> force(ns, "one", boat(group, "flag: red")));

        assertThat(made.<String>get("spec", "flag")).isEqualTo("white");
        assertThat(made.getMetadata().getGeneration()).isEqualTo(1);
        assertThat(shared.<List<Map<String, Object>>>get("spec", "crew")).hasSize(2);
        assertThat(unfit.getCode()).isIn(422, 500);
        assertThat(lacking.getCode()).isNotEqualTo(200);
        assertThat(version(live(ns, boat(group, "oars: 2")))).isEqualTo(version(shared));
        assertThat(client().genericKubernetesResources(group + "/v1", "Boat")
                        .inNamespace(ns)
                        .list()
                        .getItems())
                .hasSize(1);

        client().resource(definition).delete();
        eventually()
                .until(() -> client().apiextensions()
                                .v1()
                                .customResourceDefinitions()
                                .withName("boats." + group)
                                .get()
                        == null);
        // The API server forgets the kind a moment after its definition.
        eventually().until(() -> refused404(ns, group));
    }

    private boolean refused404(String namespace, String group) {
        try {
            apply(namespace, "one", boat(group, "oars: 2"));
            return false;
        } catch (KubernetesClientException e) {
            return e.getCode() == 404;
        }
    }

    private static GenericKubernetesResource boat(String group, String spec) {
        return yaml("apiVersion: " + group + "/v1\nkind: Boat\nmetadata: {name: argo}\nspec: {" + spec + "}\n");
    }
}
