package dev.tiphys.gateway.definitions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.contracts.definition.DefinitionKey;
import dev.tiphys.contracts.definition.DefinitionReader;
import dev.tiphys.contracts.definition.Finding;
import dev.tiphys.contracts.definition.StoredDefinition;
import dev.tiphys.gateway.definitions.DefinitionPlan.Outcome;
import dev.tiphys.platform.expression.cel.CelExpressions;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class DefinitionDeskTest {
    private static final String SHOP =
            "{apiVersion: tiphys.dev/v1, kind: Repository, metadata: {name: shop}, spec: {url: https://h/acme/shop}}\n";
    private static final String APP = """
            apiVersion: argoproj.io/v1alpha1
            kind: Application
            metadata: {name: app, namespace: argocd}
            spec: {source: {repoURL: https://h/acme/shop, path: x}, destination: {server: https://k}}
            """;
    private static final String PIPELINE = """
            apiVersion: tiphys.dev/v1
            kind: Pipeline
            metadata: {name: delivery}
            spec:
              on: [{push: {repository: shop}}]
              steps: [{name: dev, deploy: {application: app}}]
            """;

    private final DefinitionDesk desk = new DefinitionDesk(
            new InMemoryStore(), text -> text.contains("broken") ? "expected an operand" : null, new CelExpressions());

    @Nested
    class AText {
        @Test
        void createsUpdatesAndLeavesAsItIs() throws InterruptedException {
            assertThat(applied(SHOP + "---\n" + APP).created()).hasSize(2);

            DefinitionChange change = applied(SHOP.replace("acme/shop", "acme/store") + "---\n" + APP);

            assertThat(change.updated()).extracting(StoredDefinition::name).containsExactly("shop");
            assertThat(change.unchanged()).extracting(StoredDefinition::name).containsExactly("app");
        }

        @Test
        void withOneFaultChangesNothing() throws InterruptedException {
            List<Finding> findings = refused(SHOP + "---\n" + PIPELINE.replace("name: dev,", "name: dev, wait: 5m,"));

            assertThat(findings)
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.text())
                            .startsWith("file.yaml:8:11: spec.steps[0]: expected exactly one of"));
            assertThat(desk.all()).isEmpty();
        }

        @Test
        void thatContradictsWhatIsThereIsRefused() throws InterruptedException {
            applied(SHOP + "---\n" + APP + "---\n" + PIPELINE);

            List<Finding> findings =
                    refused(APP.replace("server: https://k}", "server: https://k}, syncPolicy: {automated: {}}"));

            assertThat(findings)
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.message())
                            .startsWith("Pipeline delivery:")
                            .contains("either by pipelines or by itself"));
        }

        @Test
        void thatNamesWhatIsNotThereYetIsWarned() throws InterruptedException {
            DefinitionChange change = applied(PIPELINE);

            assertThat(change.warnings())
                    .extracting(Finding::text)
                    .containsExactly(
                            "file.yaml:5:28: spec.on[0].push.repository: there is no Repository \"shop\" yet",
                            "file.yaml:6:45: spec.steps[0].deploy.application: there is no Application \"app\" yet");
        }

        @Test
        void whoseTriggersNameWhatIsNotThereYetIsWarned() throws InterruptedException {
            applied(SHOP + "---\n" + APP);

            DefinitionChange change = applied(PIPELINE.replace(
                    "{push: {repository: shop}}",
                    "{push: {repository: shpo}}, {event: {source: nope}}, {message: {queue: nope}}"));

            assertThat(change.warnings())
                    .extracting(Finding::text)
                    .containsExactly(
                            "file.yaml:5:28: spec.on[0].push.repository: there is no Repository \"shpo\" yet;"
                                    + " did you mean \"shop\"?",
                            "file.yaml:5:53: spec.on[1].event.source: there is no Source or EventSource \"nope\" yet",
                            "file.yaml:5:79: spec.on[2].message.queue: there is no Queue \"nope\" yet");
        }

        @Test
        void withABrokenKeyOfAQueueIsRefusedAtItsPlace() throws InterruptedException {
            String queue = """
                    apiVersion: tiphys.dev/v1
                    kind: Queue
                    metadata: {name: orders}
                    spec:
                      kafka: {servers: "host:9092", topic: orders}
                      deduplicateBy: message.body.%s
                    """;

            assertThat(refused(queue.formatted("broken")))
                    .extracting(Finding::text)
                    .containsExactly("file.yaml:6:18: spec.deduplicateBy: the expression cannot be read:"
                            + " expected an operand");
            assertThat(applied(queue.formatted("order")).created()).hasSize(1);
        }

        @Test
        void withABrokenExpressionIsRefusedAtItsPlace() throws InterruptedException {
            applied(SHOP + "---\n" + APP);

            assertThat(refused(PIPELINE.replace("application: app}", "application: app, revision: '${{ broken'}")))
                    .extracting(Finding::text)
                    .containsExactly("file.yaml:6:60: spec.steps[0].deploy.revision: the expression cannot be read:"
                            + " expected an operand");
            assertThat(refused(PIPELINE.replace("name: dev,", "name: dev, when: event.broken,")))
                    .hasSize(1);
        }

        @Test
        void withAnExpressionThatNoRunCanResolveIsRefusedAtItsPlace() throws InterruptedException {
            applied(SHOP + "---\n" + APP);

            assertThat(refused(PIPELINE.replace(
                            "application: app}", "application: app, revision: '${{ parameters.nope }}'}")))
                    .extracting(Finding::text)
                    .containsExactly("file.yaml:6:60: spec.steps[0].deploy.revision: parameters.nope can never be"
                            + " resolved: the pipeline has no parameter \"nope\"");
        }

        @Test
        void mayNotPutANameInASecondNamespace() throws InterruptedException {
            applied(APP);

            assertThat(refused(APP.replace("argocd", "other")))
                    .anySatisfy(finding -> assertThat(finding.message()).contains("namespace argocd"));
            String project = "{apiVersion: argoproj.io/v1alpha1, kind: AppProject, metadata: {name: p}, spec: {}}";
            applied(project);
            assertThat(refused(project.replace("name: p", "name: p, namespace: n")))
                    .anySatisfy(finding -> assertThat(finding.message()).contains("namespace default"));
        }

        @Test
        void isOnlyCheckedByACheck() {
            assertThat(desk.check(List.of(DefinitionReader.read("file.yaml", SHOP)), null))
                    .isInstanceOf(Outcome.Possible.class);
            assertThat(desk.all()).isEmpty();
        }
    }

    @Nested
    class ASetOfFiles {
        @Test
        void deletesWhatIsNotInItAnyMore() throws InterruptedException {
            applied(SHOP);
            apply(APP + "---\n" + PIPELINE, new FileSet("team", true));

            Outcome outcome = apply(APP, new FileSet("team", true));

            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            Outcome.Possible.class,
                            possible -> assertThat(possible.change().deleted())
                                    .containsExactly(new DefinitionKey("Pipeline", "default", "delivery")));
            assertThat(desk.all()).extracting(StoredDefinition::name).containsExactly("app", "shop");
        }

        @Test
        void deletesNothingWhileItIsNotWhole() throws InterruptedException {
            apply(SHOP + "---\n" + APP, new FileSet("team", true));
            apply(SHOP, new FileSet("team", false));

            assertThat(desk.all()).hasSize(2);
        }

        @Test
        void appliedAgainChangesNothing() throws InterruptedException {
            apply(APP, new FileSet("team", true));

            assertThat(apply(APP, new FileSet("team", true)))
                    .isInstanceOfSatisfying(
                            Outcome.Possible.class,
                            possible -> assertThat(possible.change().isEmpty()).isTrue());
        }
    }

    @Nested
    class ADeletion {
        @Test
        void isRefusedWhileOthersNameIt() throws InterruptedException {
            applied(SHOP + "---\n" + APP + "---\n" + PIPELINE);

            assertThat(desk.delete("application", "app", false, "ada"))
                    .isInstanceOfSatisfying(
                            DefinitionDesk.Deletion.StillNamed.class,
                            named -> assertThat(named.by())
                                    .singleElement()
                                    .satisfies(
                                            by -> assertThat(by.path()).isEqualTo("spec.steps[0].deploy.application")));
            assertThat(desk.find("Application", "app")).isPresent();
        }

        @Test
        void canBeForced() throws InterruptedException {
            applied(SHOP + "---\n" + APP + "---\n" + PIPELINE);

            assertThat(desk.delete("Application", "app", true, "ada")).isEqualTo(new DefinitionDesk.Deletion.Done());
            assertThat(desk.find("Application", "app")).isEmpty();
        }

        @Test
        void ofNothingSaysSo() throws InterruptedException {
            assertThat(desk.delete("Application", "app", false, "ada"))
                    .isEqualTo(new DefinitionDesk.Deletion.NotThere());
        }
    }

    private Outcome apply(String yaml, @Nullable FileSet from) throws InterruptedException {
        return desk.apply(List.of(DefinitionReader.read("file.yaml", yaml)), from, "ada");
    }

    private DefinitionChange applied(String yaml) throws InterruptedException {
        Outcome outcome = apply(yaml, null);
        assertThat(outcome).isInstanceOf(Outcome.Possible.class);
        return ((Outcome.Possible) outcome).change();
    }

    private List<Finding> refused(String yaml) throws InterruptedException {
        Outcome outcome = apply(yaml, null);
        assertThat(outcome).isInstanceOf(Outcome.Refused.class);
        return ((Outcome.Refused) outcome).findings();
    }
}
