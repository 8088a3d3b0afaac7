package dev.tiphys.contracts.definition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.contracts.definition.Definition.Repository;
import dev.tiphys.contracts.definition.Definition.SlackWorkspace;
import dev.tiphys.contracts.definition.Definition.Source;
import dev.tiphys.contracts.definition.DefinitionReader.Document;
import dev.tiphys.contracts.definition.DefinitionReader.Reading;
import dev.tiphys.contracts.definition.Pipeline.Action;
import dev.tiphys.contracts.definition.Pipeline.OnFailure;
import dev.tiphys.contracts.definition.Pipeline.Rule;
import dev.tiphys.contracts.definition.Pipeline.Trigger;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DefinitionReaderTest {
    private static final String PIPELINE = """
            apiVersion: tiphys.dev/v1
            kind: Pipeline
            metadata: {name: p}
            spec:
            """;

    @Nested
    class TheStory {
        private final Reading reading = read(Texts.of("/definitions/story.yaml"));

        @Test
        void readsWithoutAFinding() {
            assertThat(reading.findings()).isEmpty();
            assertThat(reading.documents()).hasSize(5);
        }

        @Test
        void givesTypedDefinitions() {
            Repository shop = definition(0, Repository.class);
            assertThat(shop.fullName()).isEqualTo("acme/shop");
            assertThat(shop.credentials()).isEqualTo("shop-git");
            assertThat(shop.webhook()).isEqualTo(new SecretRef("shop-webhook", "secret"));

            Application experiment = definition(1, Application.class);
            assertThat(experiment.key().text()).isEqualTo("Application/argocd/shop-experiment");
            assertThat(experiment.has("CreateNamespace=true")).isTrue();
            assertThat(experiment.automated()).isNull();

            assertThat(definition(3, SlackWorkspace.class).apiUrl()).isEqualTo("https://slack.com/api");

            Pipeline pipeline = definition(4, Pipeline.class);
            assertThat(pipeline.on())
                    .containsExactly(new Trigger.Push("shop", List.of("main"), List.of(), List.of("deploy/**")));
            assertThat(pipeline.concurrency()).isEqualTo(new Pipeline.Concurrency("shop", Rule.LATEST));
            assertThat(pipeline.card()).isEqualTo(new Pipeline.Notify("#deploys", "default"));
            assertThat(pipeline.steps())
                    .extracting(Pipeline.Step::name)
                    .containsExactly("experiment", "integration-test", "dev");
            assertThat(pipeline.steps().get(1).timeout()).isEqualTo(Duration.ofMinutes(30));
        }

        @Test
        void readsTheSameFromTheLog() {
            for (Document document : reading.documents()) {
                StoredDefinition stored = document.stored();
                assertThat(stored).isNotNull();
                Reading again = DefinitionReader.read(stored);
                assertThat(again.findings()).isEmpty();
                assertThat(again.documents().getFirst().definition()).isEqualTo(document.definition());
            }
        }

        private <T> T definition(int index, Class<T> type) {
            return type.cast(reading.documents().get(index).definition());
        }
    }

    @Nested
    class EveryField {
        private final Reading reading = read(Texts.of("/definitions/everything.yaml"));
        private final Pipeline pipeline =
                (Pipeline) reading.documents().getFirst().definition();

        @Test
        void isRead() {
            assertThat(reading.findings()).isEmpty();
            assertThat(pipeline.key().namespace()).isEqualTo("team-a");
            assertThat(pipeline.parameters().keySet()).containsExactly("target", "copies", "sure", "plain");
            assertThat(pipeline.steps().getFirst().retry())
                    .isEqualTo(new Pipeline.Retry(3, Duration.ofSeconds(5), 1.5, Duration.ofMinutes(1), 0.5));
            assertThat(pipeline.steps().get(1).needs()).isEmpty();
            assertThat(pipeline.steps().get(2).onFailure()).isEqualTo(OnFailure.HALT_BRANCH_THEN_FAIL);
            assertThat(pipeline.always()).hasSize(1);
        }

        @Test
        void ofAJobIsRead() {
            Action.Job job = (Action.Job) pipeline.steps().getFirst().action();
            assertThat(job.environment())
                    .containsEntry("COUNT", new Pipeline.EnvironmentValue.Text("3"))
                    .containsEntry("CODE", new Pipeline.EnvironmentValue.FromSecret(new SecretRef("build", "code")));
            assertThat(job.timeToLive()).isEqualTo(Duration.ofMinutes(10));

            Action.Job listed = (Action.Job) pipeline.steps().get(1).action();
            assertThat(listed.environment().values())
                    .containsExactly(
                            new Pipeline.EnvironmentValue.Text("1"),
                            new Pipeline.EnvironmentValue.FromSecret(new SecretRef("build", "code")),
                            new Pipeline.EnvironmentValue.FromSecret(new SecretRef("build", "code")));
        }

        @Test
        void ofARequestIsRead() {
            Action.Http http = (Action.Http) pipeline.steps().get(3).action();
            assertThat(http.expectedStatus()).containsExactly(200, 202);
            assertThat(http.headers())
                    .containsEntry(
                            "Authorization", new Pipeline.HeaderValue.FromSecret(new SecretRef("erp", "header")));
        }

        @Test
        void ofASourceIsRead() {
            Source billing = (Source) reading.documents().get(2).definition();
            assertThat(billing).isNotNull();
            assertThat(billing.verification())
                    .isEqualTo(new Verification.Hmac(
                            new SecretRef("billing", "secret"), "x-signature", "sha512", "v1=", "base64"));
        }
    }

    @Nested
    class AFinding {
        @Test
        void namesFileLineAndColumn() {
            Reading reading = DefinitionReader.read(
                    "deploy/pipeline.yaml",
                    PIPELINE + "  steps:\n    - name: one\n      wait: 5m\n    - name: two\n      wait: soon\n");

            assertThat(reading.findings()).hasSize(1);
            assertThat(reading.findings().getFirst().text())
                    .isEqualTo(
                            "deploy/pipeline.yaml:9:13: spec.steps[1].wait: expected a duration such as 30m, 1h30m or"
                                    + " 90s, met \"soon\"");
        }

        @Test
        void standsAtTheNameOfAnUnknownField() {
            Finding finding = only(PIPELINE + "  steps: [{name: a, wait: 5m}]\n  concurency: {key: a}\n");

            assertThat(finding.severity()).isEqualTo(Finding.Severity.WARNING);
            assertThat(finding.line()).isEqualTo(6);
            assertThat(finding.column()).isEqualTo(3);
            assertThat(finding.message()).contains("kept").contains("did you mean \"concurrency\"?");
        }

        @Test
        void ofASecondDocumentCountsLinesOfTheFile() {
            Reading reading = read("---\n# nothing\n---\n" + PIPELINE + "  steps: []\n");

            assertThat(reading.findings()).singleElement().satisfies(finding -> {
                assertThat(finding.path()).isEqualTo("spec");
                assertThat(finding.line()).isEqualTo(8);
            });
        }

        @Test
        void doesNotHideOthers() {
            Reading reading = read(PIPELINE + "  steps: [{name: a, wait: x}, {name: b}, {name: 5, wait: 5m}]\n");

            assertThat(reading.findings()).hasSize(3);
            assertThat(reading.acceptable()).isFalse();
            assertThat(reading.documents().getFirst().definition()).isNull();
        }

        @Test
        void aboutAMissingFieldGuessesTheMisspelledOne() {
            Finding finding = read("""
                    apiVersion: tiphys.dev/v1
                    kind: Repository
                    metadata: {name: a}
                    spec: {ulr: https://h/a/b}
                    """).findings().getFirst();

            assertThat(finding.message()).contains("\"url\" is missing").contains("is \"ulr\" meant to be it?");
        }

        @Test
        void aboutAnUnknownKindNamesTheKnownOnes() {
            Finding finding = only("{apiVersion: tiphys.dev/v1, kind: Pipline, metadata: {name: a}, spec: {}}");

            assertThat(finding.message()).contains("Repository, Source").contains("did you mean \"Pipeline\"?");
        }

        @Test
        void aboutAKindInTheWrongGroupNamesTheRightOne() {
            Finding finding = only("{apiVersion: tiphys.dev/v1, kind: Application, metadata: {name: a}, spec: {}}");

            assertThat(finding.message()).contains("it is of argoproj.io/v1alpha1");
        }
    }

    @Nested
    class ASecretInAText {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{apiVersion: tiphys.dev/v1, kind: JenkinsServer, metadata: {name: a}, spec: {url: https://h/, user: u, token: hunter2}}",
                    "{apiVersion: tiphys.dev/v1, kind: JenkinsServer, metadata: {name: a}, spec: {url: https://h/, user: u, password: hunter2, token: {secretRef: {name: x}}}}",
                    "{apiVersion: tiphys.dev/v1, kind: SlackWorkspace, metadata: {name: a}, spec: {webhook: https://hooks.slack.com/hunter2}}",
                    "{apiVersion: tiphys.dev/v1, kind: Repository, metadata: {name: a}, spec: {url: 'https://u:hunter2@h/a/b'}}",
                    "{apiVersion: tiphys.dev/v1, kind: Repository, metadata: {name: a}, spec: {url: https://h/a/b, webhook: {secret: hunter2}}}",
                    "{apiVersion: tiphys.dev/v1, kind: Pipeline, metadata: {name: a}, spec: {steps: [{name: s, http: {url: 'https://h/', headers: {Authorization: hunter2}}}]}}",
                })
        void isRefusedAndNeverRepeated(String yaml) {
            Reading reading = read(yaml);

            assertThat(reading.acceptable()).isFalse();
            assertThat(reading.findings())
                    .anySatisfy(finding -> assertThat(finding.message()).containsAnyOf("secretRef", "credentials"));
            assertThat(reading.findings().toString()).doesNotContain("hunter2");
        }

        @Test
        void isNotRepeatedByAFaultOfSyntax() {
            Reading reading = read("kind: JenkinsServer\nspec: {token: hunter2, {\n");

            assertThat(reading.acceptable()).isFalse();
            assertThat(reading.findings().toString()).doesNotContain("hunter2");
        }
    }

    @Nested
    class AJob {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "resources: {requests: {cpu: lots}}           | spec.steps[0].job.resources.requests.cpu",
                    "resources: {limits: {memory: 64MB}}          | spec.steps[0].job.resources.limits.memory",
                    "resources: {limits: {cpu: -1}}               | spec.steps[0].job.resources.limits.cpu",
                    "namespace: 'A B'                             | spec.steps[0].job.namespace",
                    "env: {'A=B': x}                              | spec.steps[0].job.env[\"A=B\"]",
                    "env: {'Ä': x}                                | spec.steps[0].job.env[\"Ä\"]",
                    "env: [{name: 'A=B', value: x}]               | spec.steps[0].job.env[0].name",
                })
        void thatKubernetesRefusesIsAnErrorAtItsPlace(String field, String path) {
            Finding finding = only(job(field));

            assertThat(finding.severity()).isEqualTo(Finding.Severity.ERROR);
            assertThat(finding.path()).isEqualTo(path);
            assertThat(finding.line()).isEqualTo(5);
            assertThat(finding.column()).isGreaterThan(34);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "resources: {requests: {cpu: 100m, memory: 1.5Gi, nvidia.com/gpu: 1}, limits: {cpu: 0.5, memory: 1e9}}",
                    "resources: {limits: {memory: '${{ event.body.memory }}'}}",
                    "namespace: '${{ event.body.namespace }}'",
                    "env: {_A: x, a.b-c: x}",
                    "ttl: 5m",
                })
        void thatKubernetesTakesIsFine(String field) {
            assertThat(read(job(field)).findings()).isEmpty();
        }

        @Test
        void whoseVariableOnlyNewClustersTakeIsWarned() {
            Finding finding = only(job("env: {1A: x}"));

            assertThat(finding.severity()).isEqualTo(Finding.Severity.WARNING);
            assertThat(finding.message()).contains("before 1.32").contains("\"1A\"");
        }

        @Test
        void thatStaysTooShortIsWarnedThatItStaysLonger() {
            Finding finding = only(job("ttl: 1s"));

            assertThat(finding.severity()).isEqualTo(Finding.Severity.WARNING);
            assertThat(finding.path()).isEqualTo("spec.steps[0].job.ttl");
            assertThat(finding.message()).startsWith("is below 5m and becomes 5m");
        }

        private static String job(String field) {
            return PIPELINE + "  steps: [{name: a, job: {image: i, " + field + "}}]\n";
        }
    }

    @Nested
    class TheOrderOfSteps {
        @Test
        void mayNotHaveANameTwice() {
            assertThat(only(PIPELINE + "  steps: [{name: a, wait: 5m}, {name: b, parallel: [{name: a, wait: 5m}]}]")
                            .text())
                    .contains("spec.steps[1].parallel[0].name")
                    .contains("stands twice in the pipeline, first at spec.steps[0]");
        }

        @Test
        void mayNotNeedAnUnknownStep() {
            assertThat(only(PIPELINE + "  steps: [{name: build, wait: 5m}, {name: b, needs: [biuld], wait: 5m}]")
                            .text())
                    .contains("spec.steps[1].needs[0]")
                    .contains("there is no step \"biuld\"; did you mean \"build\"?");
        }

        @Test
        void mayNotGoRoundInACircle() {
            assertThat(only(PIPELINE + "  steps: [{name: a, needs: [b], wait: 5m}, {name: b, wait: 5m}]")
                            .message())
                    .isEqualTo("the step waits for itself: a needs b needs a");
        }

        @Test
        void isNotGivenInAGroup() {
            assertThat(only(PIPELINE + "  steps: [{name: a, parallel: [{name: b, needs: [], wait: 5m}]}]")
                            .message())
                    .contains("run beside each other");
        }

        @Test
        void isNotGivenInFinally() {
            assertThat(only(PIPELINE + "  steps: [{name: a, wait: 5m}]\n  finally: [{name: b, needs: [a], wait: 5m}]")
                            .message())
                    .contains("run in order, after everything else");
        }

        @Test
        void mayNeedAGroup() {
            assertThat(read(PIPELINE
                                    + "  steps: [{name: a, parallel: [{name: b, wait: 5m}]}, {name: c, needs: [a], wait: 5m}]")
                            .findings())
                    .isEmpty();
        }
    }

    @Nested
    class AnApplication {
        private static final String START =
                "{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: a, namespace: argocd}, spec: ";

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{source: {repoURL: https://h/a/b, chart: x, targetRevision: 1.0.0}, destination: {server: https://k}}",
                    "{source: {repoURL: https://h/a/b, path: x, helm: {}}, destination: {server: https://k}}",
                    "{source: {repoURL: https://h/a/b, path: x, kustomize: {namePrefix: a}}, destination: {server: https://k}}",
                    "{source: {repoURL: https://h/a/b, path: x, plugin: {name: a}}, destination: {server: https://k}}",
                    "{source: {repoURL: https://h/a/b, path: x, directory: {jsonnet: {}}}, destination: {server: https://k}}",
                    "{sources: [{repoURL: https://h/a/b, path: x}], destination: {server: https://k}}",
                    "{source: {repoURL: https://h/a/b, path: x}, destination: {name: prod}}",
                    "{source: {repoURL: https://h/a/b, path: ../x}, destination: {server: https://k}}",
                    "{source: {repoURL: https://h/a/b, path: x}, destination: {namespace: x}}",
                })
        void thatIsNotReadYetIsAnErrorThatSaysSo(String spec) {
            Reading reading = read(START + spec + "}");

            assertThat(reading.findings()).isNotEmpty();
            assertThat(reading.acceptable()).isFalse();
        }

        @Test
        void ofADirectoryIsRead() {
            Reading reading = read(START
                    + "{source: {repoURL: https://h/a/b, path: x, directory: {recurse: true, include: '{*.yaml,*.yml}', exclude: t/*}},"
                    + " destination: {name: in-cluster, namespace: n}, syncPolicy: {automated: {prune: true}},"
                    + " ignoreDifferences: []}}");

            Application application =
                    (Application) reading.documents().getFirst().definition();
            assertThat(application).isNotNull();
            assertThat(application.source())
                    .isEqualTo(new Application.Source(
                            "https://h/a/b", "x", "HEAD", true, List.of("*.yaml", "*.yml"), List.of("t/*")));
            assertThat(application.automated()).isEqualTo(new Application.Automated(true, false, false));
            assertThat(reading.findings())
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.text())
                            .contains("ignoreDifferences")
                            .contains("not acted upon"));
        }

        @Test
        void ofAnotherKindOfArgoIsKeptWithAWarning() {
            Reading reading =
                    read("{apiVersion: argoproj.io/v1alpha1, kind: AppProject, metadata: {name: a}, spec: {x: 1}}");

            assertThat(reading.acceptable()).isTrue();
            assertThat(reading.findings()).hasSize(1);
            StoredDefinition stored = reading.documents().getFirst().stored();
            assertThat(stored).isNotNull();
            assertThat(stored.document().at("/spec/x").asInt()).isEqualTo(1);
        }
    }

    @Nested
    class AText {
        @Test
        void mayBeJson() {
            Reading reading = read("""
                    {
                    \t"apiVersion": "tiphys.dev/v1",
                    \t"kind": "Repository",
                    \t"metadata": {"name": "shop"},
                    \t"spec": {"url": "https:\\/\\/github.com\\/acme\\/shop.git", "x-note": "caf\\u00e9 \\ud83d\\ude00"}
                    }
                    """);

            assertThat(reading.acceptable()).isTrue();
            StoredDefinition stored = reading.documents().getFirst().stored();
            assertThat(stored).isNotNull();
            assertThat(stored.document().at("/spec/x-note").asText()).isEqualTo("café 😀");
        }

        @Test
        void mayHoldAnchorsAndMerges() {
            Reading reading = read(
                    PIPELINE
                            + "  steps:\n    - &s {name: a, wait: 5m, timeout: 1h}\n    - {<<: *s, name: b}\n    - {name: c, wait: 1s}\n");

            assertThat(reading.findings()).isEmpty();
        }

        @Test
        void mayNotHaveAFieldTwice() {
            assertThat(only("kind: A\nkind: B\n").text())
                    .isEqualTo("2:1: the field \"kind\" stands twice in one mapping");
        }

        @Test
        void mayNotHaveOneNameTwice() {
            String document =
                    "{apiVersion: tiphys.dev/v1, kind: Repository, metadata: {name: a}, spec: {url: https://h/a/b}}\n";
            assertThat(only(document + "---\n" + document).message()).contains("another Repository");
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "# nothing\n", "---\n---\n", "\uFEFF# nothing"})
        void mayBeEmpty(String yaml) {
            assertThat(read(yaml).documents()).isEmpty();
            assertThat(read(yaml).findings()).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "a: [",
                    "\tx: 1",
                    "a: *b",
                    "- a\n- b",
                    "text",
                    "5",
                    "a: !!python/object x",
                    "? [a]\n: b",
                    "a: .inf",
                    "a: \u0000",
                    "&a [*a]",
                    "a: 'x",
                    "%YAML 3.0\n---\na: 1",
                    "kind: {}\napiVersion: []",
                    "apiVersion: tiphys.dev/v1\nkind: Pipeline\nmetadata: 5\nspec: 5",
                })
        void thatIsNoDefinitionIsAFindingAndNeverAnException(String yaml) {
            assertThat(read(yaml).acceptable()).isFalse();
        }

        @Test
        void keepsTheDocumentsBeforeAFaultOfSyntax() {
            Reading reading = read(PIPELINE + "  steps: [{name: a, wait: 5m}]\n---\na: [\n");

            assertThat(reading.documents()).hasSize(1);
            assertThat(reading.acceptable()).isFalse();
        }

        @Test
        void isBoundedInDepth() {
            assertThat(only("[".repeat(100_000)).message()).contains("50 levels");
            assertThat(only("{a: ".repeat(100_000)).message()).contains("50 levels");
        }

        @Test
        void isBoundedInAliases() {
            StringBuilder bomb = new StringBuilder("a0: &a0 [x]\n");
            for (int i = 1; i < 24; i++) {
                bomb.append("a%d: &a%d [*a%d, *a%d]%n".formatted(i, i, i - 1, i - 1));
            }
            assertThat(only(bomb.toString()).message()).contains("with its aliases");

            String many = "a: &a [x]\nb: [" + "*a, ".repeat(60) + "]\n";
            assertThat(only(many).message()).contains("aliases");
        }

        @Test
        void isBoundedInSize() {
            assertThat(only("a: " + "x".repeat(4 * 1024 * 1024)).message()).contains("split it");
        }
    }

    private static Reading read(String yaml) {
        return DefinitionReader.read(null, yaml);
    }

    private static Finding only(String yaml) {
        List<Finding> findings = read(yaml).findings();
        assertThat(findings).hasSize(1);
        return findings.getFirst();
    }
}
