package dev.tiphys.contracts.definition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.contracts.definition.DefinitionReader.Document;
import dev.tiphys.contracts.definition.DefinitionReader.Reading;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class DefinitionChecksTest {
    private static final String SHOP =
            "{apiVersion: tiphys.dev/v1, kind: Repository, metadata: {name: shop}, spec: {url: https://h/acme/shop.git,"
                    + " webhook: {secretRef: {name: w}}}}\n---\n";

    @Test
    void aNameThatNothingAnswersToYetIsAWarning() {
        List<Finding> findings = cross(Texts.of("/definitions/story.yaml"));

        assertThat(findings).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Finding.Severity.WARNING);
            assertThat(finding.text())
                    .isEqualTo("spec.steps[2].deploy.application: Pipeline shop-delivery: there is no Application"
                            + " \"shop-dev\" yet");
        });
    }

    @Test
    void everyKindOfReferenceIsChecked() {
        List<Finding> findings = cross("""
                apiVersion: tiphys.dev/v1
                kind: Pipeline
                metadata: {name: p}
                spec:
                  on: [{push: {repository: r}}, {event: {source: s}}, {message: {queue: q}}, {schedule: {cron: "0 0 * * *"}}]
                  notify: {slack: "#a", workspace: w}
                  steps:
                    - name: group
                      parallel: [{name: a, deploy: {application: app}}, {name: b, jenkins: {server: ci, job: j}}]
                  finally: [{name: c, notify: {slack: "#a", workspace: v, text: t}}]
                """);

        assertThat(findings)
                .extracting(Finding::path)
                .containsExactly(
                        "spec.on[0].push.repository",
                        "spec.on[1].event.source",
                        "spec.on[2].message.queue",
                        "spec.notify.workspace",
                        "spec.steps[0].parallel[0].deploy.application",
                        "spec.steps[0].parallel[1].jenkins.server",
                        "spec.finally[0].notify.workspace");
    }

    @Test
    void anApplicationIsDrivenEitherByPipelinesOrByItself() {
        List<Finding> findings = cross("""
                apiVersion: argoproj.io/v1alpha1
                kind: Application
                metadata: {name: app}
                spec:
                  source: {repoURL: https://h/a/b, path: x}
                  destination: {server: https://k}
                  syncPolicy: {automated: {}}
                ---
                {apiVersion: tiphys.dev/v1, kind: Pipeline, metadata: {name: p}, spec: {steps: [{name: a, deploy: {application: app}}]}}
                """);

        assertThat(findings).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Finding.Severity.ERROR);
            assertThat(finding.message()).contains("either by pipelines or by itself");
        });
    }

    @Test
    void aNameStandsOnceWhateverTheNamespace() {
        Reading one = DefinitionReader.read(null, SHOP);
        Reading two = DefinitionReader.read(null, SHOP.replace("name: shop}", "name: shop, namespace: other}"));

        List<Finding> findings = DefinitionChecks.cross(List.of(definition(one), definition(two)));

        assertThat(findings).anySatisfy(finding -> assertThat(finding.message()).contains("in namespace default"));
    }

    @Test
    void oneSecretBelongsToOneEndpoint() {
        List<Finding> findings = cross(SHOP + SHOP.replace("shop", "other"));

        assertThat(findings).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Finding.Severity.WARNING);
            assertThat(finding.message()).contains("one secret per endpoint");
        });
    }

    @Test
    void oneUrlBelongsToOneRepository() {
        List<Finding> findings = cross(SHOP
                + SHOP.replace("{name: shop}", "{name: twin}")
                        .replace("name: w", "name: other")
                        .replace("shop.git", "Shop"));

        assertThat(findings)
                .singleElement()
                .satisfies(finding -> assertThat(finding.message()).contains("the same URL"));
    }

    @Test
    void oneEndpointBelongsToOneName() {
        List<Finding> findings = cross(
                SHOP
                        + "{apiVersion: tiphys.dev/v1, kind: Source, metadata: {name: shop}, spec: {verify: {bearer: {secretRef: {name: x}}}}}");

        assertThat(findings)
                .singleElement()
                .satisfies(finding -> assertThat(finding.message()).contains("/hooks/shop"));
    }

    @Test
    void aQueueSharesItsNameWithNoEndpoint() {
        List<Finding> findings = cross(SHOP + """
                        ---
                        apiVersion: tiphys.dev/v1
                        kind: Queue
                        metadata: {name: shop}
                        spec: {kafka: {servers: "host:9092", topic: t}}
                        """);

        assertThat(findings)
                .singleElement()
                .satisfies(finding -> assertThat(finding.text()).contains("the Repository of the same name"));
    }

    @Test
    void anEndpointIsSharedByNoEventSource() {
        List<Finding> findings = cross(SHOP + eventSource("shop", "a: {authSecret: {name: x, key: k}}"));

        assertThat(findings).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Finding.Severity.ERROR);
            assertThat(finding.text())
                    .contains("EventSource shop: the Repository of the same name has the same endpoint, /hooks/shop");
        });
    }

    @Test
    void aSecretOpensNoSecondEventOfAnEventSource() {
        List<Finding> findings = cross(SHOP
                + eventSource(
                        "es", "a: {authSecret: {name: w, key: secret}}, b: {authSecret: {name: w, key: secret}}"));

        assertThat(findings)
                .extracting(Finding::text)
                .containsExactly(
                        "spec.webhook.a: EventSource es: Repository \"shop\" uses the same secret w/secret: one secret per"
                                + " endpoint, so that none opens another's",
                        "spec.webhook.b: EventSource es: Repository \"shop\" uses the same secret w/secret: one secret per"
                                + " endpoint, so that none opens another's");
    }

    @Test
    void anEventMayBeOfASourceOrOfAnEventSource() {
        String pipeline =
                "{apiVersion: tiphys.dev/v1, kind: Pipeline, metadata: {name: p}, spec: {on: [{event: {source: es}}],"
                        + " steps: [{name: a, wait: 5m}]}}";

        assertThat(cross(eventSource("es", "a: {authSecret: {name: x, key: k}}") + "\n---\n" + pipeline))
                .isEmpty();
        assertThat(cross(
                        "{apiVersion: tiphys.dev/v1, kind: Source, metadata: {name: es}, spec: {verify: {bearer: {secretRef: {name: x}}}}}\n---\n"
                                + pipeline))
                .isEmpty();
        assertThat(cross(eventSource("ess", "a: {authSecret: {name: x, key: k}}") + "\n---\n" + pipeline))
                .singleElement()
                .satisfies(finding -> assertThat(finding.message())
                        .contains("there is no Source or EventSource \"es\" yet; did you mean \"ess\"?"));
    }

    @Test
    void aMessageIsOfAQueue() {
        String pipeline =
                "{apiVersion: tiphys.dev/v1, kind: Pipeline, metadata: {name: p}, spec: {on: [{message: {queue: q}}],"
                        + " steps: [{name: a, wait: 5m}]}}";

        assertThat(cross(
                        "{apiVersion: tiphys.dev/v1, kind: Queue, metadata: {name: q}, spec: {kafka: {servers: 'k:1', topic: t}}}\n---\n"
                                + pipeline))
                .isEmpty();
        assertThat(cross(pipeline))
                .singleElement()
                .satisfies(finding -> assertThat(finding.message()).contains("there is no Queue \"q\" yet"));
    }

    private static String eventSource(String name, String webhooks) {
        return "{apiVersion: argoproj.io/v1alpha1, kind: EventSource, metadata: {name: " + name + "}, spec: {webhook: {"
                + webhooks + "}}}";
    }

    private static Definition definition(Reading reading) {
        return Objects.requireNonNull(reading.documents().getFirst().definition());
    }

    private static List<Finding> cross(String yaml) {
        Reading reading = DefinitionReader.read(null, yaml);
        assertThat(reading.acceptable()).as(reading.findings().toString()).isTrue();
        return DefinitionChecks.cross(reading.documents().stream()
                .map(Document::definition)
                .filter(Objects::nonNull)
                .toList());
    }
}
