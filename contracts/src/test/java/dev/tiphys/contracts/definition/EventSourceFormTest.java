package dev.tiphys.contracts.definition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.contracts.definition.DefinitionReader.Document;
import dev.tiphys.contracts.definition.DefinitionReader.Reading;
import dev.tiphys.contracts.definition.EventSource.Event;
import dev.tiphys.contracts.definition.EventSource.Input;
import dev.tiphys.contracts.definition.Queue.From;
import dev.tiphys.contracts.definition.Queue.KafkaKeys;
import dev.tiphys.contracts.definition.Queue.KafkaSecurity;
import dev.tiphys.contracts.definition.Queue.SqsKeys;
import dev.tiphys.contracts.definition.Queue.Transport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventSourceFormTest {

    @Nested
    class AManifestOfArgos {
        private final Reading reading = DefinitionReader.read(null, Texts.of("/definitions/event-sources.yaml"));

        @Test
        void isReadUnmodifiedAndWithoutAFinding() {
            assertThat(reading.findings()).isEmpty();
            assertThat(reading.documents())
                    .hasSize(12)
                    .allSatisfy(document -> assertThat(document.definition()).isInstanceOf(EventSource.class));
        }

        @Test
        void ofAWebhook() {
            Event build = event("webhook", "build");

            assertThat(build.type()).isEqualTo("webhook");
            assertThat(build.filter()).isEqualTo("body.kind == 'image'");
            assertThat(build.metadata()).containsExactly(Map.entry("team", "web"));
            assertThat(build.input())
                    .isEqualTo(new Input.Hook(
                            "/build",
                            "POST",
                            new Verification.Bearer(new SecretRef("webhook", "token")),
                            List.of(),
                            List.of(),
                            new Limits(2097152L, null, null, null, null)));
            assertThat(hook("webhook", "probe").path()).isEqualTo("/probe");
            assertThat(hook("webhook", "probe").method()).isEqualTo("GET");
        }

        @Test
        void ofGitHub() {
            assertThat(hook("github", "shop"))
                    .isEqualTo(new Input.Hook(
                            "/push",
                            "POST",
                            new Verification.Hmac(
                                    new SecretRef("github-shop", "secret"),
                                    "x-hub-signature-256",
                                    "sha256",
                                    "sha256=",
                                    "hex"),
                            List.of("acme/shop", "acme/tool", "other/lib"),
                            List.of("push", "pull_request"),
                            Limits.NONE));
            assertThat(hook("github", "org").repositories()).isEmpty();
            assertThat(hook("github", "org").events()).isEmpty();
            assertThat(hook("github", "org").path()).isEmpty();
        }

        @Test
        void ofGitLab() {
            Input.Hook hook = hook("gitlab", "shop");

            assertThat(hook.verification())
                    .isEqualTo(new Verification.Token(new SecretRef("gitlab-shop", "secret"), "x-gitlab-token"));
            assertThat(hook.repositories()).containsExactly("group/team/shop");
            assertThat(hook.events()).containsExactly("Push Hook", "Tag Push Hook");
        }

        @Test
        void ofBitbucketAndGerrit() {
            Input.Hook server = hook("bitbucketserver", "shop");
            assertThat(server.verification())
                    .isEqualTo(new Verification.Hmac(
                            new SecretRef("bitbucketserver-shop", "secret"),
                            "x-hub-signature",
                            "sha256",
                            "sha256=",
                            "hex"));
            assertThat(server.repositories()).containsExactly("PROJ/shop");
            assertThat(server.events()).containsExactly("repo:refs_changed");

            Input.Hook cloud = hook("bitbucket", "shop");
            assertThat(cloud.verification())
                    .isEqualTo(new Verification.Bearer(new SecretRef("bitbucket-shop", "token")));
            assertThat(cloud.repositories()).containsExactly("acme/shop");

            Input.Hook gerrit = hook("gerrit", "review");
            assertThat(gerrit.repositories()).containsExactly("team/shop");
            assertThat(gerrit.events()).containsExactly("patchset-created", "ref-updated");
        }

        @Test
        void ofSlackStripeAndSns() {
            assertThat(hook("slack", "commands").verification())
                    .isEqualTo(new Verification.Slack(new SecretRef("slack-app", "signing")));
            assertThat(hook("stripe", "payments").events()).containsExactly("invoice.paid");
            assertThat(hook("sns", "releases").verification())
                    .isEqualTo(new Verification.Sns(List.of("arn:aws:sns:eu-central-1:123456789012:releases")));
        }

        @Test
        void ofSqs() {
            SqsKeys keys = new SqsKeys(new SecretRef("aws", "accesskey"), new SecretRef("aws", "secretkey"), null);
            assertThat(event("sqs", "ours").input())
                    .isEqualTo(
                            new Input.Messages(new Transport.Sqs("releases", "eu-central-1", null, null, keys), true));
            assertThat(sqs("ours").named()).isTrue();
            assertThat(event("sqs", "ours").filter()).isEqualTo("body.ready == true");

            assertThat(sqs("theirs"))
                    .isEqualTo(new Transport.Sqs(
                            "https://sqs.eu-central-1.amazonaws.com/123456789012/orders.fifo",
                            "eu-central-1",
                            null,
                            null));
            assertThat(sqs("theirs").named()).isFalse();
            assertThat(sqs("chinese").queueUrl())
                    .isEqualTo("https://sqs.cn-north-1.amazonaws.com.cn/123456789012/orders");
            assertThat(sqs("local").queueUrl()).isEqualTo("http://localhost:9324/000000000000/orders");
            assertThat(sqs("local").endpoint()).isEqualTo("http://localhost:9324");
        }

        @Test
        void ofACalendar() {
            assertThat(event("calendar", "nightly").input())
                    .isEqualTo(new Input.Calendar(
                            "30 2 * * MON-FRI",
                            null,
                            "Europe/Vienna",
                            Duration.ofMinutes(5),
                            List.of("EXDATE:20270101T013000Z")));
            assertThat(event("calendar", "often").input())
                    .isEqualTo(new Input.Calendar(null, Duration.ofMinutes(90), "UTC", null, List.of()));
            assertThat(event("calendar", "both").input())
                    .isEqualTo(new Input.Calendar("0 0 1 1 *", null, "UTC", Duration.ofDays(366), List.of()));
        }

        @Test
        void ofKafka() {
            assertThat(event("kafka", "plain").input())
                    .isEqualTo(new Input.Messages(
                            new Transport.Kafka("kafka:9092", "t", "tiphys-kafka-plain", From.LATEST, null), true));
            assertThat(event("kafka", "full").input())
                    .isEqualTo(new Input.Messages(
                            new Transport.Kafka(
                                    "kafka-1.example.com:9093,kafka-2.example.com:9093",
                                    "shop.orders",
                                    "shop",
                                    From.EARLIEST,
                                    new KafkaSecurity(
                                            "SASL_SSL",
                                            "SCRAM-SHA-512",
                                            null,
                                            new KafkaKeys(
                                                    new SecretRef("kafka", "user"),
                                                    new SecretRef("kafka", "password"),
                                                    new SecretRef("kafka-ca", "ca.pem")))),
                            false));
            assertThat(event("kafka", "encrypted").input())
                    .isEqualTo(new Input.Messages(
                            new Transport.Kafka(
                                    "kafka:9093",
                                    "t",
                                    "g",
                                    From.LATEST,
                                    new KafkaSecurity("SSL", null, null, new KafkaKeys(null, null, null))),
                            false));
        }

        private Transport.Sqs sqs(String name) {
            return (Transport.Sqs) ((Input.Messages) event("sqs", name).input()).transport();
        }

        private Input.Hook hook(String source, String name) {
            return (Input.Hook) event(source, name).input();
        }

        private Event event(String source, String name) {
            return reading.documents().stream()
                    .map(Document::definition)
                    .map(EventSource.class::cast)
                    .filter(found -> found.name().equals(source))
                    .flatMap(found -> found.events().stream())
                    .filter(event -> event.name().equals(name))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Nested
    class AListOfRepositories {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "github: {a: {webhookSecret: {name: s, key: k}, organizations: [o], repositories: [{owner: o, names: [r]}]}}",
                    "gitlab: {a: {secretToken: {name: s, key: k}, groups: [g], projects: [g/p]}}",
                    "bitbucketserver: {a: {webhookSecret: {name: s, key: k}, projects: [P], repositories: [{projectKey: Q, repositorySlug: r}]}}",
                })
        void doesNotKeepOutWhatAnOrganizationsHookDelivers(String spec) {
            Reading reading = read(spec);

            assertThat(reading.findings()).isEmpty();
            assertThat(((Input.Hook) only(reading).events().getFirst().input()).repositories())
                    .isEmpty();
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "github: {a: {webhookSecret: {name: s, key: k}, owner: o, repository: r}}|o/r",
                    "gitlab: {a: {secretToken: {name: s, key: k}, projectID: g/p}}|g/p",
                    "bitbucketserver: {a: {webhookSecret: {name: s, key: k}, projectKey: P, repositorySlug: r}}|P/r",
                    "bitbucket: {a: {webhook: {authSecret: {name: s, key: k}}, owner: o, repositorySlug: r}}|o/r",
                })
        void mayBeOneInTheOldForm(String spec, String repository) {
            Reading reading = read(spec);

            assertThat(reading.findings()).isEmpty();
            assertThat(((Input.Hook) only(reading).events().getFirst().input()).repositories())
                    .containsExactly(repository);
        }
    }

    @Nested
    class AStorageGrid {
        private static final String PROVED = "webhook: {endpoint: /b, url: 'https://x', authSecret: {name: s, key: k}}";

        @Test
        void letsInTheObjectsOfItsFilterAndSaysThatNothingIsSetUpThere() {
            Reading reading = read("storageGrid: {bucket: {" + PROVED
                    + ", topicArn: 'arn:aws:sns:a:1:t', bucket: b, region: r, events: ['ObjectCreated:Put'],"
                    + " filter: {prefix: in/, suffix: .csv}, apiURL: 'https://grid', authToken: {name: g, key: t}}}");

            Event bucket = only(reading).events().getFirst();
            assertThat(bucket.type()).isEqualTo("storageGrid");
            assertThat(bucket.filter()).isNull();
            assertThat(bucket.input())
                    .isEqualTo(new Input.Hook(
                            "/b",
                            "POST",
                            new Verification.Bearer(new SecretRef("s", "k")),
                            List.of(),
                            List.of(),
                            Limits.NONE,
                            new Input.ObjectKeys("in/", ".csv")));
            assertThat(reading.findings()).singleElement().satisfies(finding -> {
                assertThat(finding.path()).isEqualTo("spec.storageGrid.bucket.authToken");
                assertThat(finding.message())
                        .contains("webhooks are not created at the sender; create one there, with the address"
                                + " /hooks/");
            });
        }

        @Test
        void letsInEverythingWithoutAFilter() {
            Reading reading = read("storageGrid: {bucket: {webhook: {authSecret: {name: s, key: k}}}}");

            assertThat(reading.findings()).isEmpty();
            assertThat(((Input.Hook) only(reading).events().getFirst().input()).objects())
                    .isEqualTo(Input.ObjectKeys.ALL);
        }

        @Test
        void hasNoFilterByAnExpression() {
            assertThat(
                            read("storageGrid: {bucket: {webhook: {authSecret: {name: s, key: k}}, filter: {expression: x}}}")
                                    .findings())
                    .singleElement()
                    .satisfies(finding ->
                            assertThat(finding.path()).isEqualTo("spec.storageGrid.bucket.filter.expression"));
        }
    }

    @Nested
    class ATypeThatIsNotRun {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "minio",
                    "file",
                    "resource",
                    "amqp",
                    "mqtt",
                    "nats",
                    "pubSub",
                    "hdfs",
                    "azureEventsHub",
                    "emitter",
                    "redis",
                    "nsq",
                    "pulsar",
                    "generic",
                    "redisStream",
                    "azureServiceBus",
                    "azureQueueStorage",
                    "sftp",
                    "mns",
                })
        void isNamedWithWhatToUseInsteadAndKept(String type) {
            Reading reading = read(type + ": {example: {url: x}}, webhook: {a: {authSecret: {name: s, key: k}}}");

            assertThat(reading.findings()).singleElement().satisfies(finding -> {
                assertThat(finding.severity()).isEqualTo(Finding.Severity.WARNING);
                assertThat(finding.path()).isEqualTo("spec." + type);
                assertThat(finding.message())
                        .startsWith("the events of " + type + " (example) are kept and not run: ")
                        .containsAnyOf("webhook", "kafka", "sqs", "Source");
            });
            assertThat(only(reading).events()).extracting(Event::name).containsExactly("a");
        }

        @Test
        void leavesAnEventSourceWithoutEvents() {
            Reading reading = read("nats: {a: {}}, mqtt: {b: {}, c: {}}");

            assertThat(reading.acceptable()).isTrue();
            assertThat(reading.findings())
                    .extracting(Finding::message)
                    .anySatisfy(message -> assertThat(message).contains("mqtt (b or c)"))
                    .anySatisfy(message -> assertThat(message).contains("no event of it is run"));
            assertThat(only(reading).events()).isEmpty();
        }
    }

    @Nested
    class AnEntryThatIsNotRun {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "webhook: {a: {basicAuth: {username: {name: s, key: u}, password: {name: s, key: p}}}}|use authSecret",
                    "kafka: {a: {url: 'k:1', topic: t, schemaRegistry: {url: x}}}|Avro",
                    "kafka: {a: {url: 'k:1', topic: t, awsMskIamAuth: {region: x}}}|IAM",
                    "kafka: {a: {url: 'k:1', topic: t, tls: {}, sasl: {mechanism: GSSAPI, userSecret: {name: s, key: u}, passwordSecret: {name: s, key: p}}}}|the mechanism \"GSSAPI\" is not spoken",
                    "kafka: {a: {url: 'k:1', topic: t, tls: {clientCertSecret: {name: s, key: c}, clientKeySecret: {name: s, key: k}}}}|certificate of the client's own",
                })
        void isLeftOutWhole(String spec, String why) {
            Reading reading = read(spec);

            assertThat(reading.findings()).singleElement().satisfies(finding -> {
                assertThat(finding.severity()).isEqualTo(Finding.Severity.WARNING);
                assertThat(finding.message())
                        .contains("\"a\" is kept and not run")
                        .contains(why);
            });
            assertThat(only(reading).events()).isEmpty();
        }
    }

    @Nested
    class AnEntryWithoutASecret {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "webhook: {a: {endpoint: /a}}",
                    "github: {a: {events: [push]}}",
                    "gitlab: {a: {events: [PushEvents]}}",
                    "bitbucket: {a: {}}",
                    "bitbucketserver: {a: {}}",
                    "gerrit: {a: {}}",
                    "slack: {a: {token: {name: s, key: k}}}",
                    "stripe: {a: {apiKey: {name: s, key: k}}}",
                    "sns: {a: {topicArn: 'arn:aws:sns:eu-west-1:123456789012:t', endpoint: 'http://localhost:4566'}}",
                })
        void isOpenAndLintSaysSo(String spec) {
            Reading reading = read(spec);

            assertThat(reading.findings()).singleElement().satisfies(finding -> {
                assertThat(finding.severity()).isEqualTo(Finding.Severity.WARNING);
                assertThat(finding.message())
                        .contains("/hooks/es/a prove nothing")
                        .contains("tiphys.gateway.unverified-hooks=allow");
            });
            assertThat(((Input.Hook) only(reading).events().getFirst().input()).verification())
                    .isEqualTo(new Verification.Open());
        }

        @Test
        void ofSnsIsProvedByAwsAllTheSame() {
            Reading reading = read("sns: {a: {topicArn: 'arn:aws:sns:eu-west-1:123456789012:t'}}");

            assertThat(reading.findings()).isEmpty();
            assertThat(((Input.Hook) only(reading).events().getFirst().input()).verification())
                    .isEqualTo(new Verification.Sns(List.of("arn:aws:sns:eu-west-1:123456789012:t")));
        }
    }

    @Nested
    class AFieldThatIsNotActedUpon {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "webhok: {a: {}}, webhook: {a: {authSecret: {name: s, key: k}}}|spec.webhok|did you mean \"webhook\"?",
                    "webhook: {a: {endpiont: /a, authSecret: {name: s, key: k}}}|spec.webhook.a.endpiont|did you mean \"endpoint\"?",
                    "webhook: {a: {secretName: x, authSecret: {name: s, key: k}}}|spec.webhook.a.secretName|if it is a secret, take it out",
                    "webhook: {a: {authSecret: {name: s, key: k, namespace: n}}}|spec.webhook.a.authSecret.namespace|not known here",
                    "webhook: {a: {method: PUT, authSecret: {name: s, key: k}}}|spec.webhook.a.method|Argo refuses all others",
                    "github: {a: {webhookSecret: {name: s, key: k}, contentType: form}}|spec.github.a.contentType|choose application/json",
                    "github: {a: {webhookSecret: {name: s, key: k}, apiToken: {name: t, key: k}, webhook: {url: https://h}}}|spec.github.a.apiToken|with the address /hooks/es/a",
                    "gitlab: {a: {secretToken: {name: s, key: k}, projects: [4711]}}|spec.gitlab.a.projects|named by its number",
                    "gitlab: {a: {secretToken: {name: s, key: k}, events: [PushEvent]}}|spec.gitlab.a.events|not known here",
                    "bitbucketserver: {a: {webhookSecret: {name: s, key: k}, oneEventPerChange: true}}|spec.bitbucketserver.a.oneEventPerChange|one event",
                    "sqs: {a: {region: eu-west-1, queue: q, roleARN: x}}|spec.sqs.a.roleARN|no role is taken on",
                    "sqs: {a: {region: eu-west-1, queue: q, dlq: true}}|spec.sqs.a.dlq|parked with the reason after 5 receives",
                    "kafka: {a: {url: 'k:1', topic: t, partition: '0'}}|spec.kafka.a.partition|consumer group tiphys-es-a",
                    "kafka: {a: {url: 'k:1', topic: t, tls: {insecureSkipVerify: true}}}|spec.kafka.a.tls.insecureSkipVerify|always checked",
                    "kafka: {a: {url: 'k:1', topic: t, sasl: {userSecret: {name: s, key: u}, passwordSecret: {name: s, key: p}}}}|spec.kafka.a.sasl|unencrypted",
                })
        void isAWarningAndNeverARefusal(String spec, String path, String message) {
            Reading reading = read(spec);

            assertThat(reading.findings()).singleElement().satisfies(finding -> {
                assertThat(finding.severity()).isEqualTo(Finding.Severity.WARNING);
                assertThat(finding.path()).isEqualTo(path);
                assertThat(finding.message()).contains(message);
            });
            assertThat(only(reading).events()).hasSize(1);
        }
    }

    @Nested
    class AValueThatCannotBeRight {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "webhook: [a]|expected a mapping of names",
                    "webhook: {a: text}|expected a mapping of fields",
                    "webhook: {a/b: {authSecret: {name: s, key: k}}}|a part of the event's address",
                    "webhook: {a: {authSecret: {name: s}}}|\"key\" is missing",
                    "webhook: {a: {authSecret: hunter2}}|expected {name, key} of a secret",
                    "webhook: {a: {authSecret: {name: s, key: k}}}, github: {a: {webhookSecret: {name: t, key: k}}}|stands twice in the EventSource, first at spec.webhook.a",
                    "sns: {a: {topicArn: releases}}|expected the ARN of a topic",
                    "sqs: {a: {queue: q}}|\"region\" is missing",
                    "sqs: {a: {region: eu-west-1}}|\"queue\" is missing",
                    "sqs: {a: {region: eu-west-1, queue: q, accessKey: {name: s, key: k}}}|expected both accessKey and secretKey",
                    "kafka: {a: {url: k, topic: t}}|expected host:port",
                    "kafka: {a: {url: 'k:1'}}|\"topic\" is missing",
                    "kafka: {a: {url: 'k:1', topic: t, tls: {}, sasl: {mechanism: PLAIN}}}|expected both userSecret and passwordSecret",
                    "calendar: {a: {}}|expected a schedule such as",
                    "calendar: {a: {schedule: '0 0 * *'}}|expected five fields",
                    "calendar: {a: {schedule: '@daily'}}|expected five fields",
                    "calendar: {a: {interval: 10}}|expected a duration of at least 1s",
                    "calendar: {a: {interval: 10ms}}|expected a duration of at least 1s",
                    "calendar: {a: {interval: 1h, timezone: Mars}}|expected a time zone",
                    "calendar: {a: {interval: 1h, persistence: {catchup: {enabled: true, maxDuration: long}}}}|expected a duration",
                })
        void isAnErrorThatSaysWhatWasExpected(String spec, String message) {
            Reading reading = read(spec);

            assertThat(reading.findings()).singleElement().satisfies(finding -> {
                assertThat(finding.severity()).isEqualTo(Finding.Severity.ERROR);
                assertThat(finding.message()).contains(message).doesNotContain("hunter2");
            });
            assertThat(reading.documents().getFirst().definition()).isNull();
        }

        @Test
        void isFoundWithItsPlace() {
            Reading reading = DefinitionReader.read("es.yaml", """
                    apiVersion: argoproj.io/v1alpha1
                    kind: EventSource
                    metadata: {name: es}
                    spec:
                      calendar:
                        nightly:
                          schedule: "0 25 * * *"
                    """);

            assertThat(reading.findings())
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.text())
                            .startsWith("es.yaml:7:17: spec.calendar.nightly.schedule: the hour is \"25\""));
        }
    }

    @Nested
    class TwoEventsWithOnePath {
        private static final String SECRETS = "authSecret: {name: s, key: k}";

        @Test
        void areReachedByTheirNames() {
            Reading reading = read("webhook: {a: {endpoint: /x, port: '1', " + SECRETS
                    + "}, b: {endpoint: /x, port: '2', " + SECRETS + "}}");

            assertThat(reading.findings())
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.text())
                            .contains("spec.webhook.b")
                            .contains("reached only at /hooks/es/b"));
            assertThat(paths(reading)).containsExactly("/x", "");
        }

        @Test
        void areNotToldApartByTheirMethods() {
            Reading reading = read("webhook: {a: {endpoint: /x, method: GET, " + SECRETS
                    + "}, b: {endpoint: /x, method: POST, " + SECRETS + "}}");

            assertThat(reading.findings()).hasSize(1);
            assertThat(paths(reading)).containsExactly("/x", "");
        }

        @Test
        void doNotTakeEachOthersName() {
            Reading reading = read("webhook: {a: {endpoint: /b, " + SECRETS + "}, b: {endpoint: /b, " + SECRETS + "}}");

            assertThat(reading.findings()).hasSize(1);
            assertThat(paths(reading)).containsExactly("", "/b");
        }

        private List<String> paths(Reading reading) {
            return only(reading).events().stream()
                    .map(event -> ((Input.Hook) event.input()).path())
                    .toList();
        }
    }

    private static EventSource only(Reading reading) {
        return (EventSource)
                Objects.requireNonNull(reading.documents().getFirst().definition());
    }

    private static Reading read(String spec) {
        return DefinitionReader.read(
                null,
                "{apiVersion: argoproj.io/v1alpha1, kind: EventSource, metadata: {name: es}, spec: {" + spec + "}}");
    }
}
