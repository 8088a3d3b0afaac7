package dev.tiphys.syncer.plan;

import static dev.tiphys.syncer.plan.Objects.OPTIONS;
import static dev.tiphys.syncer.plan.Objects.SCOPES;
import static dev.tiphys.syncer.plan.Objects.manifest;
import static dev.tiphys.syncer.plan.Objects.ours;
import static dev.tiphys.syncer.plan.Objects.texts;
import static dev.tiphys.syncer.plan.Objects.yaml;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.syncer.source.Manifest;
import dev.tiphys.syncer.source.ManifestProblem;
import dev.tiphys.syncer.source.ObjectKey;
import dev.tiphys.syncer.source.ObjectRef;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PlanningTest {
    private static final String WAVE = "argocd.argoproj.io/sync-wave=";
    private static final String SYNC_OPTIONS = "argocd.argoproj.io/sync-options=";

    private static SyncPlan plan(PlanOptions options, List<Manifest> desired, ObjectNode... live) {
        Map<ObjectKey, ObjectNode> existing = new HashMap<>();
        Set<ObjectRef> owned = new LinkedHashSet<>();
        Arrays.stream(live).forEach(object -> {
            existing.put(ObjectRef.of(object).key(), object);
            owned.add(ObjectRef.of(object));
        });
        return Planning.plan(desired, existing, owned, options, SCOPES);
    }

    private static SyncPlan plan(Manifest... desired) {
        return plan(OPTIONS, List.of(desired));
    }

    private static List<String> warnings(SyncPlan plan) {
        return ((SyncPlan.Planned) plan)
                .warnings().stream().map(ManifestProblem::text).toList();
    }

    private static List<String> refused(SyncPlan plan) {
        assertThat(plan).isInstanceOf(SyncPlan.Refused.class);
        return ((SyncPlan.Refused) plan)
                .problems().stream().map(ManifestProblem::text).toList();
    }

    private static PlanOptions with(boolean prune, boolean last, boolean disabled, boolean allowEmpty, boolean create) {
        return new PlanOptions("shop", "experiment", prune, last, disabled, allowEmpty, create, "tiphys");
    }

    @Nested
    class Order {
        @Test
        void isThatOfArgosKinds() {
            assertThat(texts(plan(
                            manifest("Widget w"),
                            manifest("Deployment b"),
                            manifest("Deployment a"),
                            manifest("Service s"),
                            manifest("ConfigMap c"),
                            manifest("Job j"),
                            manifest("ServiceAccount a"),
                            manifest("ClusterRole r"),
                            manifest("Secret s"),
                            manifest("Namespace experiment"),
                            manifest("CustomResourceDefinition d"))))
                    .containsExactly(
                            "0 Create Namespace experiment",
                            "0 Create ServiceAccount experiment/a",
                            "0 Create Secret experiment/s",
                            "0 Create ConfigMap experiment/c",
                            "0 Create CustomResourceDefinition d",
                            "0 Create ClusterRole r",
                            "0 Create Service experiment/s",
                            "0 Create Deployment experiment/a",
                            "0 Create Deployment experiment/b",
                            "0 Create Job experiment/j",
                            "0 Create Widget experiment/w");
        }

        @Test
        void goesByWaveFirst() {
            assertThat(texts(plan(
                            manifest("Service s", WAVE + "5"),
                            manifest("Deployment d", WAVE + "-1"),
                            manifest("ConfigMap c"))))
                    .containsExactly(
                            "-1 Create Deployment experiment/d",
                            "0 Create ConfigMap experiment/c",
                            "5 Create Service experiment/s");
        }

        @Test
        void takesAWaveThatIsNoNumberForNothing() {
            SyncPlan plan = plan(manifest("Service s", WAVE + "soon"));

            assertThat(texts(plan)).containsExactly("0 Create Service experiment/s");
            assertThat(warnings(plan)).singleElement().asString().contains("sync-wave is not a number");
        }

        @Test
        void bringsNamespacesAndDefinitionsBeforeWhatNeedsThem() {
            Manifest definition = manifest(yaml("""
                    apiVersion: apiextensions.k8s.io/v1
                    kind: CustomResourceDefinition
                    metadata: {name: networkpolicies.example.com, annotations: {argocd.argoproj.io/sync-wave: "3"}}
                    spec: {group: example.com, scope: Namespaced, names: {kind: NetworkPolicy}}
                    """));

            assertThat(texts(plan(
                            manifest("NetworkPolicy np other"), definition, manifest("Namespace other", WAVE + "7"))))
                    .containsExactly(
                            "0 Create Namespace other",
                            "0 Create CustomResourceDefinition networkpolicies.example.com",
                            "0 Create NetworkPolicy other/np");
        }
    }

    @Nested
    class Namespaces {
        @Test
        void comeFromTheDestinationWhereNoneIsNamed() {
            SyncPlan plan =
                    plan(manifest("Service a"), manifest("Service b other"), manifest("ClusterRole c somewhere"));

            assertThat(texts(plan))
                    .containsExactly(
                            "0 Create ClusterRole c", "0 Create Service experiment/a", "0 Create Service other/b");
        }

        @Test
        void ofKindsThatTheSyncDefinesAreKnown() {
            Manifest definition = manifest(yaml("""
                    apiVersion: apiextensions.k8s.io/v1
                    kind: CustomResourceDefinition
                    metadata: {name: widgets.example.com}
                    spec: {group: example.com, scope: Cluster, names: {kind: Widget}}
                    """));

            assertThat(texts(plan(definition, manifest("Widget w")))).contains("0 Create Widget w");
        }

        @Test
        void areNeeded() {
            PlanOptions none = new PlanOptions("shop", "", true, false, false, false, false, "tiphys");

            assertThat(refused(plan(none, List.of(manifest("Service a")))))
                    .singleElement()
                    .asString()
                    .startsWith("deploy/Service.yaml:1: Service a has no metadata.namespace");
        }

        @Test
        void areCreatedFirstIfTheApplicationSaysSo() {
            PlanOptions create = with(true, false, false, false, true);
            List<Manifest> desired = List.of(manifest("Service a", WAVE + "-3"));

            assertThat(texts(plan(create, desired)))
                    .containsExactly("-3 CreateNamespace Namespace experiment", "-3 Create Service experiment/a");
            assertThat(texts(plan(create, desired, Objects.object("Namespace experiment"))))
                    .containsExactly("-3 Create Service experiment/a");
            assertThat(texts(plan(create, List.of(manifest("Namespace experiment")))))
                    .containsExactly("0 Create Namespace experiment");
            assertThat(Planning.lookups(desired, create, SCOPES))
                    .extracting(ObjectRef::text)
                    .containsExactly("Namespace experiment", "Service experiment/a");
        }
    }

    @Nested
    class WhatIsApplied {
        private ObjectNode applied(Manifest manifest) {
            return ((Change.Create) ((SyncPlan.Planned) plan(manifest))
                            .changes()
                            .findFirst()
                            .orElseThrow())
                    .tree();
        }

        @Test
        void carriesArgosTrackingAnnotation() {
            assertThat(applied(manifest("Deployment web"))
                            .at("/metadata/annotations/argocd.argoproj.io~1tracking-id")
                            .asText())
                    .isEqualTo("shop:apps/Deployment:experiment/web");
            assertThat(applied(manifest("Service web other"))
                            .at("/metadata/annotations/argocd.argoproj.io~1tracking-id")
                            .asText())
                    .isEqualTo("shop:/Service:other/web");
            assertThat(applied(manifest("ClusterRole r"))
                            .at("/metadata/annotations/argocd.argoproj.io~1tracking-id")
                            .asText())
                    .isEqualTo("shop:rbac.authorization.k8s.io/ClusterRole:experiment/r");
        }

        @Test
        void hasNothingThatOnlyServersSet() {
            Manifest manifest = manifest(yaml("""
                    apiVersion: v1
                    kind: Service
                    metadata: {name: a, creationTimestamp: null, resourceVersion: "7", uid: x, managedFields: [], generation: 3}
                    status: {loadBalancer: {}}
                    """));

            ObjectNode tree = applied(manifest);

            assertThat(tree.has("status")).isFalse();
            assertThat(tree.get("metadata").propertyStream().map(Map.Entry::getKey))
                    .containsExactly("name", "namespace", "annotations");
            assertThat(manifest.tree().has("status"))
                    .as("the manifest is not changed")
                    .isTrue();
        }

        @Test
        void hasSecretsAsTheServerKeepsThem() {
            ObjectNode tree = applied(manifest(yaml("""
                    apiVersion: v1
                    kind: Secret
                    metadata: {name: a}
                    data: {a: "YQ==\\n", b: Yg==, c: "not base64!"}
                    stringData: {b: x, d: 'y'}
                    """)));

            assertThat(tree.has("stringData")).isFalse();
            assertThat(tree.get("data").toString())
                    .isEqualTo("{\"a\":\"YQ==\",\"b\":\"eA==\",\"c\":\"not base64!\",\"d\":\"eQ==\"}");
        }
    }

    @Nested
    class TheSameObjectTwice {
        @Test
        void isAppliedOnceAsTheLastSays() {
            Manifest first = manifest("Service a");
            Manifest second = manifest("Service a experiment", "x=y");

            SyncPlan plan = plan(first, second);

            assertThat(texts(plan)).containsExactly("0 Create Service experiment/a");
            assertThat(((SyncPlan.Planned) plan)
                            .changes()
                            .map(change -> ((Change.Create) change)
                                    .tree()
                                    .at("/metadata/annotations/x")
                                    .asText()))
                    .containsExactly("y");
            assertThat(warnings(plan))
                    .containsExactly(
                            "deploy/Service.yaml:1: Service experiment/a is also in deploy/Service.yaml:1; the last one counts");
        }
    }

    @Nested
    class Hooks {
        @Test
        void thatASyncWouldRunRefuseIt() {
            for (String hook : List.of("PreSync", "Sync", "PostSync,SyncFail")) {
                assertThat(refused(plan(manifest("Job j", "argocd.argoproj.io/hook=" + hook))))
                        .hasSize(1);
            }
            assertThat(refused(plan(manifest("Job j", "helm.sh/hook=pre-install"))))
                    .hasSize(1);
        }

        @Test
        void thatItWouldNotRunAreLeftOut() {
            SyncPlan plan = plan(
                    manifest("Job j", "argocd.argoproj.io/hook=SyncFail"),
                    manifest("Job k", "argocd.argoproj.io/hook=Skip"),
                    manifest("Job l", "helm.sh/hook=crd-install"));

            assertThat(texts(plan)).containsExactly("0 Create Job experiment/l");
            assertThat(warnings(plan)).hasSize(1);
        }
    }

    @Nested
    class Pruning {
        @Test
        void deletesWhatIsOwnedAndNoLongerWanted() {
            assertThat(texts(plan(OPTIONS, List.of(manifest("Service a")), ours("ConfigMap old"))))
                    .containsExactly("0 Prune ConfigMap experiment/old", "0 Create Service experiment/a");
        }

        @Test
        void goesByObjectsNotByVersions() {
            ObjectNode older = ours("Deployment web");
            older.put("apiVersion", "apps/v1beta1");

            assertThat(texts(plan(OPTIONS, List.of(manifest("Deployment web")), older)))
                    .containsExactly("0 Update Deployment experiment/web");
        }

        @Test
        void turnsTheOrderRound() {
            assertThat(texts(plan(
                            OPTIONS,
                            List.of(manifest("Service keep", WAVE + "1")),
                            ours("ConfigMap a", WAVE + "0"),
                            ours("Deployment b", WAVE + "0"),
                            ours("Service c", WAVE + "1"),
                            ours("Service d", WAVE + "2"))))
                    .containsExactly(
                            "0 Prune Service experiment/d",
                            "1 Prune Service experiment/c",
                            "1 Create Service experiment/keep",
                            "2 Prune Deployment experiment/b",
                            "2 Prune ConfigMap experiment/a");
        }

        @Test
        void comesLastIfAsked() {
            assertThat(texts(plan(
                            with(true, true, false, false, false),
                            List.of(manifest("Service keep", WAVE + "3")),
                            ours("ConfigMap a"))))
                    .containsExactly("3 Create Service experiment/keep", "4 Prune ConfigMap experiment/a");
            assertThat(texts(plan(
                            OPTIONS,
                            List.of(manifest("Service keep")),
                            ours("ConfigMap a", SYNC_OPTIONS + "PruneLast=true"))))
                    .containsExactly("0 Create Service experiment/keep", "1 Prune ConfigMap experiment/a");
        }

        @Test
        void leavesWhatIsNotOurs() {
            ObjectNode foreign = ours("ConfigMap a");
            ((ObjectNode) foreign.at("/metadata/annotations"))
                    .put(Tracking.ANNOTATION, "other:/ConfigMap:experiment/a");
            ObjectNode bare = Objects.object("ConfigMap b experiment");
            ObjectNode copied = ours("ConfigMap c");
            ((ObjectNode) copied.at("/metadata/annotations"))
                    .put(Tracking.ANNOTATION, "shop:/ConfigMap:experiment/original");
            ObjectNode child = ours("ConfigMap d");
            ((ObjectNode) child.get("metadata"))
                    .putArray("ownerReferences")
                    .addObject()
                    .put("uid", "1");

            SyncPlan plan = plan(OPTIONS, List.of(manifest("Service s")), foreign, bare, copied, child);

            assertThat(texts(plan)).containsExactly("0 Create Service experiment/s");
            assertThat(((SyncPlan.Planned) plan).kept())
                    .hasSize(4)
                    .noneMatch(SyncPlan.Kept::owned)
                    .noneMatch(SyncPlan.Kept::outOfSync);
        }

        @Test
        void leavesWhatSaysSo() {
            SyncPlan plan = plan(
                    OPTIONS,
                    List.of(manifest("Service s")),
                    ours("ConfigMap a", SYNC_OPTIONS + "Validate=false, Prune=false"),
                    ours("ConfigMap b", SYNC_OPTIONS + "Prune=confirm"),
                    ours(
                            "ConfigMap c",
                            SYNC_OPTIONS + "Prune=false",
                            "argocd.argoproj.io/compare-options=IgnoreExtraneous"));

            assertThat(texts(plan)).containsExactly("0 Create Service experiment/s");
            assertThat(((SyncPlan.Planned) plan).kept())
                    .allMatch(SyncPlan.Kept::owned)
                    .extracting(kept -> kept.ref().name() + " " + kept.outOfSync())
                    .containsExactly("a true", "b true", "c false");
        }

        @Test
        void isOffUnlessAllowed() {
            SyncPlan plan =
                    plan(with(false, false, false, false, false), List.of(manifest("Service s")), ours("ConfigMap a"));
            SyncPlan disabled =
                    plan(with(true, false, true, false, false), List.of(manifest("Service s")), ours("ConfigMap a"));

            assertThat(texts(plan)).containsExactly("0 Create Service experiment/s");
            assertThat(((SyncPlan.Planned) plan).inSync()).isFalse();
            assertThat(texts(disabled)).containsExactly("0 Create Service experiment/s");
        }

        @Test
        void neverTakesANamespaceAwayFromWhatLivesInIt() {
            assertThat(texts(plan(OPTIONS, List.of(manifest("Service s")), ours("Namespace experiment"))))
                    .containsExactly("0 Create Service experiment/s");
            assertThat(texts(plan(OPTIONS, List.of(manifest("Service s")), ours("Namespace other"))))
                    .contains("0 Prune Namespace other");
        }

        @Test
        void doesNotDeleteTwice() {
            ObjectNode going = ours("ConfigMap a");
            ((ObjectNode) going.get("metadata")).put("deletionTimestamp", "2026-01-01T00:00:00Z");

            assertThat(texts(plan(OPTIONS, List.of(manifest("Service s")), going)))
                    .containsExactly("0 Create Service experiment/s");
        }

        @Test
        void neverDeletesEverythingForAnEmptySource() {
            assertThat(refused(plan(OPTIONS, List.of(), ours("ConfigMap a"), ours("Service b"))))
                    .singleElement()
                    .asString()
                    .contains("this would delete all 2 objects of the application");
        }

        @Test
        void deletesEverythingIfThatIsAllowed() {
            assertThat(texts(plan(with(true, false, false, true, false), List.of(), ours("ConfigMap a"))))
                    .containsExactly("0 Prune ConfigMap experiment/a");
        }

        @Test
        void hasNothingToRefuseForANewApplicationWithoutManifests() {
            assertThat(texts(plan(OPTIONS, List.of()))).isEmpty();
        }
    }

    @Test
    void anObjectOfAnotherApplicationIsTakenWithAWarning() {
        ObjectNode foreign = ours("ConfigMap a");
        ((ObjectNode) foreign.at("/metadata/annotations")).put(Tracking.ANNOTATION, "other:/ConfigMap:experiment/a");

        SyncPlan plan = plan(OPTIONS, List.of(manifest("ConfigMap a")), foreign);

        assertThat(texts(plan)).containsExactly("0 Update ConfigMap experiment/a");
        assertThat(warnings(plan)).singleElement().asString().contains("also belongs to the application other");
    }
}
