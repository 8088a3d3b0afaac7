package dev.tiphys.sandbox.fields;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class OwnershipTest {

    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Ownership DEPLOYMENTS = new Ownership(new BuiltInShapes("Deployment"));

    private static ObjectNode tree(String yaml) {
        try {
            return (ObjectNode) YAML.readTree(yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FieldWriter writer(String manager) {
        return new FieldWriter(manager, "apps/v1", "", "2026-01-01T00:00:00Z");
    }

    private static ObjectNode applied(ObjectNode live, String manager, String config) {
        return ((Ownership.Outcome.Applied) DEPLOYMENTS.apply(live, tree(config), writer(manager), true)).object();
    }

    private static ObjectNode withoutOwners(ObjectNode object) {
        ObjectNode copy = object.deepCopy();
        copy.remove("metadata");
        return copy;
    }

    @Test
    void theFirstApplyOwnsEachLeafAndEachItem() {
        ObjectNode made = applied(tree("{}"), "one", "spec: {containers: [{name: main, image: 'x:1'}], replicas: 2}");

        assertThat(made.path("metadata").path("managedFields").get(0).path("fieldsV1"))
                .isEqualTo(tree("""
                        f:spec:
                          f:replicas: {}
                          f:containers:
                            'k:{"name":"main"}': {".": {}, f:image: {}, f:name: {}}
                        """));
    }

    @Test
    void theSameApplyAgainGivesBackTheLiveObject() {
        ObjectNode live = applied(tree("{}"), "one", "spec: {replicas: 2}");

        assertThat(applied(live, "one", "spec: {replicas: 2}")).isSameAs(live);
    }

    @Test
    void whatFieldsV1SaysIsReadAsItWasWritten() {
        ObjectNode live = applied(
                tree("{}"),
                "one",
                "{metadata: {finalizers: [a/b]}, spec: {selector: {app: x}, empty: {}, ports: [{port: 1}]}}");

        assertThat(FieldSets.encode(FieldSets.decode(
                        live.path("metadata").path("managedFields").get(0).path("fieldsV1"))))
                .isEqualTo(live.path("metadata").path("managedFields").get(0).path("fieldsV1"));
    }

    @Nested
    class AConflict {
        private final ObjectNode live = applied(tree("{}"), "one", "spec: {replicas: 2, paused: true}");

        @Test
        void isAFieldThatAnotherOwnsAndThatChanges() {
            assertThat(DEPLOYMENTS.apply(live, tree("spec: {replicas: 3, paused: true}"), writer("other"), false))
                    .isEqualTo(new Ownership.Outcome.Conflicted(
                            List.of(new Ownership.Conflict("\"one\"", ".spec.replicas"))));
        }

        @Test
        void isNoneWhenTheValueIsTheSame() {
            assertThat(DEPLOYMENTS.apply(live, tree("spec: {replicas: 2}"), writer("other"), false))
                    .isInstanceOf(Ownership.Outcome.Applied.class);
        }

        @Test
        void isTakenByForceAndThenIsTheOthers() {
            ObjectNode taken = applied(live, "other", "spec: {replicas: 3}");

            assertThat(taken.path("spec").path("replicas").asInt()).isEqualTo(3);
            assertThat(DEPLOYMENTS.apply(taken, tree("spec: {replicas: 2, paused: true}"), writer("one"), false))
                    .isInstanceOf(Ownership.Outcome.Conflicted.class);
        }
    }

    @Nested
    class WhatIsNoLongerApplied {
        @Test
        void isRemovedUnlessAnotherOwnsItToo() {
            ObjectNode live = applied(tree("{}"), "one", "spec: {a: 1, b: 1}");
            ObjectNode shared = applied(live, "other", "spec: {b: 1}");

            assertThat(withoutOwners(applied(shared, "one", "{}"))).isEqualTo(tree("spec: {b: 1}"));
        }

        @Test
        void takesAnItemWithWhatNobodyOwnsInIt() {
            ObjectNode live =
                    applied(tree("{}"), "one", "spec: {containers: [{name: a, image: x}, {name: b, image: y}]}");
            ((ObjectNode) live.path("spec").path("containers").get(1)).put("imagePullPolicy", "Always");

            assertThat(withoutOwners(applied(live, "one", "spec: {containers: [{name: a, image: x}]}")))
                    .isEqualTo(tree("spec: {containers: [{name: a, image: x}]}"));
        }

        @Test
        void leavesTheItemToWhoeverOwnsAPartOfIt() {
            ObjectNode live = applied(tree("{}"), "one", "spec: {containers: [{name: a, image: x}]}");
            ObjectNode shared = applied(live, "other", "spec: {containers: [{name: a, env: [{name: A, value: '1'}]}]}");

            assertThat(withoutOwners(applied(shared, "one", "spec: {paused: false}")))
                    .isEqualTo(tree("spec: {containers: [{name: a, env: [{name: A, value: '1'}]}], paused: false}"));
        }
    }

    @Test
    void appliedOrderLeadsAndTheOthersItemsStayBehindTheirNeighbour() {
        ObjectNode live = applied(tree("{}"), "other", "spec: {containers: [{name: a}, {name: mine}, {name: b}]}");

        ObjectNode merged = applied(live, "one", "spec: {containers: [{name: b}, {name: a}]}");

        assertThat(merged.path("spec").path("containers"))
                .isEqualTo(tree("l: [{name: b}, {name: a}, {name: mine}]").path("l"));
    }

    @Test
    void anUpdateOwnsWhatItChangedAndTakesItFromOthers() {
        ObjectNode live = applied(tree("{}"), "one", "spec: {replicas: 2, paused: true}");
        ObjectNode after = live.deepCopy();
        ((ObjectNode) after.path("spec")).put("replicas", 5);

        DEPLOYMENTS.track(live, after, writer("hand"));

        assertThat(after.path("metadata").path("managedFields").get(0).path("fieldsV1"))
                .isEqualTo(tree("f:spec: {f:paused: {}}"));
        assertThat(after.path("metadata").path("managedFields").get(1).path("fieldsV1"))
                .isEqualTo(tree("f:spec: {f:replicas: {}}"));
        assertThat(after.path("metadata")
                        .path("managedFields")
                        .get(1)
                        .path("operation")
                        .asText())
                .isEqualTo("Update");
    }
}
