package dev.tiphys.syncer.plan;

import static dev.tiphys.syncer.plan.Objects.yaml;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DriftTest {
    private static final String DESIRED = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, namespace: x, labels: {app: web}}
            spec:
              replicas: 2
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec:
                  hostNetwork: false
                  containers:
                  - name: web
                    image: web:1
                    args: [a, b]
                    ports: [{containerPort: 80}]
                    resources: {limits: {cpu: 1000m, memory: 1Gi}}
                    env: [{name: A, value: "1"}]
            """;

    private static final String FIELDS = """
            {"f:metadata":{"f:labels":{"f:app":{}}},
             "f:spec":{"f:replicas":{},"f:selector":{},
               "f:template":{"f:metadata":{"f:labels":{"f:app":{}}},
                 "f:spec":{"f:hostNetwork":{},"f:containers":{"k:{\\"name\\":\\"web\\"}":{".":{},"f:name":{},"f:image":{},"f:args":{},
                   "f:ports":{"k:{\\"containerPort\\":80,\\"protocol\\":\\"TCP\\"}":{".":{},"f:containerPort":{}}},
                   "f:resources":{"f:limits":{"f:cpu":{},"f:memory":{}}},
                   "f:env":{"k:{\\"name\\":\\"A\\"}":{".":{},"f:name":{},"f:value":{}}}}}}}}}
            """;

    private static final String LIVE = """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: web
              namespace: x
              uid: u
              generation: 3
              labels: {app: web, other: x}
              managedFields:
              - {manager: tiphys, operation: Apply, apiVersion: apps/v1, fieldsType: FieldsV1, fieldsV1: FIELDS}
              - {manager: kube-controller-manager, operation: Update, subresource: status, fieldsV1: {"f:status": {"f:replicas": {}}}}
            spec:
              replicas: 2
              revisionHistoryLimit: 10
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec:
                  dnsPolicy: ClusterFirst
                  containers:
                  - name: web
                    image: web:1
                    imagePullPolicy: IfNotPresent
                    args: [a, b]
                    ports: [{containerPort: 80, protocol: TCP}]
                    resources: {limits: {cpu: "1", memory: 1Gi}}
                    env: [{name: A, value: "1"}]
                  - {name: sidecar, image: injected}
            status: {replicas: 2}
            """;

    private static ObjectNode desired(String... replacements) {
        return yaml(replace(DESIRED, replacements));
    }

    private static ObjectNode live(String... replacements) {
        return yaml(replace(LIVE.replace("FIELDS", FIELDS.replaceAll("\\s*\\n\\s*", "")), replacements));
    }

    private static String replace(String text, String... replacements) {
        String result = text;
        for (int i = 0; i < replacements.length; i += 2) {
            assertThat(result).contains(replacements[i]);
            result = result.replace(replacements[i], replacements[i + 1]);
        }
        return result;
    }

    private static List<String> drift(ObjectNode desired, ObjectNode live) {
        return Drift.differences(desired, live, "tiphys").stream()
                .map(difference -> difference.path() + ": " + difference.want() + " <- " + difference.got())
                .toList();
    }

    @Test
    void whatWasAppliedAndNotTouchedIsTheSame() {
        assertThat(drift(desired(), live())).isEmpty();
        assertThat(Drift.sameAsApplied(desired(), live(), "tiphys")).isTrue();
    }

    @Nested
    class Differences {
        @Test
        void areValuesThatWereChanged() {
            assertThat(drift(
                            desired(),
                            live("replicas: 2\n  revision", "replicas: 5\n  revision", "image: web:1", "image: web:2")))
                    .containsExactly(
                            "spec.replicas: 2 <- 5",
                            "spec.template.spec.containers[name=web].image: \"web:1\" <- \"web:2\"");
        }

        @Test
        void areThingsThatAreMissing() {
            assertThat(drift(
                            desired(),
                            live(
                                    "env: [{name: A, value: \"1\"}]",
                                    "env: []",
                                    "labels: {app: web, other: x}",
                                    "labels: {}")))
                    .containsExactly(
                            "metadata.labels.app: \"web\" <- null",
                            "spec.template.spec.containers[name=web].env[name=A]: {\"name\":\"A\",\"value\":\"1\"} <- null");
        }

        @Test
        void areThingsThatWeAppliedAndWantNoLonger() {
            assertThat(drift(desired("env: [{name: A, value: \"1\"}]", "env: []", "  replicas: 2\n", ""), live()))
                    .containsExactly(
                            "spec.replicas: null <- 2",
                            "spec.template.spec.containers[name=web].env[name=A].name: null <- \"A\"",
                            "spec.template.spec.containers[name=web].env[name=A].value: null <- \"1\"");
        }

        @Test
        void areListsThatAreOneValue() {
            assertThat(drift(desired(), live("args: [a, b]", "args: [a, b, c]")))
                    .containsExactly(
                            "spec.template.spec.containers[name=web].args: [\"a\",\"b\"] <- [\"a\",\"b\",\"c\"]");
            assertThat(drift(desired(), live("args: [a, b]", "args: [b, a]"))).hasSize(2);
        }

        @Test
        void areAdditionsToMapsThatAreOneValue() {
            ObjectNode live = live(
                    "\"f:selector\":{},", "",
                    "- {manager: kube-c",
                            "- {manager: kubectl, operation: Update, fieldsV1: {\"f:spec\": {\"f:selector\": {}}}}\n  - {manager: kube-c",
                    "selector: {matchLabels: {app: web}}",
                            "selector: {matchLabels: {app: web}, matchExpressions: [1]}");

            assertThat(drift(desired(), live)).containsExactly("spec.selector.matchExpressions: null <- [1]");
        }

        @Test
        void areZeroesThatSomebodyTookAway() {
            assertThat(drift(desired(), live("\"f:hostNetwork\":{},", "")))
                    .containsExactly("spec.template.spec.hostNetwork: false <- null");
        }

        @Test
        void ofSecretsAreMasked() {
            ObjectNode desired = yaml("{apiVersion: v1, kind: Secret, metadata: {name: s}, data: {a: c2VjcmV0}}");
            ObjectNode live = yaml("{apiVersion: v1, kind: Secret, metadata: {name: s}, data: {a: b3RoZXI=}}");

            assertThat(drift(desired, live)).containsExactly("data.a: \"++++++++\" <- \"++++++++\"".replace("\"", ""));
        }
    }

    @Nested
    class Ownership {
        @Test
        void thatIsMissingCostsAWriteButIsNoDrift() {
            ObjectNode adopted = live("manager: tiphys", "manager: argocd-controller");

            assertThat(drift(desired(), adopted)).isEmpty();
            assertThat(Drift.sameAsApplied(desired(), adopted, "tiphys")).isFalse();
        }

        @Test
        void thatWasTakenOfOneFieldCostsAWrite() {
            assertThat(Drift.sameAsApplied(desired(), live("\"f:image\":{},", ""), "tiphys"))
                    .isFalse();
        }

        @Test
        void ofStatusIsNobodysBusiness() {
            ObjectNode desired = desired();
            desired.putObject("status").put("replicas", 99);

            assertThat(Drift.sameAsApplied(desired, live(), "tiphys")).isTrue();
        }

        @Test
        void ofAnUpdateIsNotThatOfAnApply() {
            assertThat(Drift.sameAsApplied(
                            desired(), live("tiphys, operation: Apply", "tiphys, operation: Update"), "tiphys"))
                    .isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "resources: {limits: {cpu: 1000m}} | resources: {limits: {cpu: '1'}} | true",
                "resources: {limits: {cpu: 1}} | resources: {limits: {cpu: '1'}} | true",
                "resources: {limits: {cpu: 0.5}} | resources: {limits: {cpu: 500m}} | true",
                "resources: {limits: {memory: 1024Mi}} | resources: {limits: {memory: 1Gi}} | true",
                "resources: {limits: {memory: 1G}} | resources: {limits: {memory: 1Gi}} | false",
                "env: {value: 1000m} | env: {value: '1'} | false",
                "port: 80 | port: '80' | true",
                "port: 80 | port: 81 | false",
                "ratio: 1 | ratio: 1.0 | true",
                "a: null | b: 1 | true",
                "a: {} | b: 1 | true",
                "a: [] | b: 1 | true",
                "a: {b: {}} | b: 1 | true",
                "a: '' | b: 1 | true",
                "a: 0 | b: 1 | true",
                "a: true | b: 1 | false",
                "a: true | a: 'true' | false",
                "a: {b: 1} | a: 1 | false",
                "a: [1] | a: {b: 1} | false",
                "containers: [{name: b}, {name: a}] | containers: [{name: a}, {name: b}] | true",
                "items: [b, a] | items: [a, b] | false",
                "ports: [{port: 53}, {port: 53, protocol: UDP}] | ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}] | true",
                "ports: [{port: 53}] | ports: [{port: 53, protocol: UDP}] | false",
                "finalizers: [a] | finalizers: [b, a] | true"
            })
    void valuesAreTheSameAsKubernetesTakesThem(String desired, String live, boolean same) {
        ObjectNode wanted = yaml("apiVersion: v1\nkind: X\nmetadata: {name: x}\nspec: {" + desired + "}");
        ObjectNode found = yaml("apiVersion: v1\nkind: X\nmetadata: {name: x}\nspec: {" + live + "}");

        assertThat(drift(wanted, found).isEmpty()).isEqualTo(same);
    }

    @ParameterizedTest
    @CsvSource({
        "1,1000m,true",
        "1Ki,1024,true",
        "1e3,1k,true",
        "1E3,1000,true",
        "0.1,100m,true",
        "1E,1e18,true",
        "x,x,false",
        "1Kib,1,false"
    })
    void quantitiesAreNumbers(String one, String other, boolean same) {
        assertThat(Quantity.same(one, other)).isEqualTo(same);
    }
}
