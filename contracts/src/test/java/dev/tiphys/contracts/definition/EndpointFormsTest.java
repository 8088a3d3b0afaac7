package dev.tiphys.contracts.definition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.contracts.definition.Definition.Recovery;
import dev.tiphys.contracts.definition.Definition.Repository;
import dev.tiphys.contracts.definition.Definition.Source;
import dev.tiphys.contracts.definition.DefinitionReader.Reading;
import dev.tiphys.contracts.definition.Pipeline.Missed;
import dev.tiphys.contracts.definition.Pipeline.Trigger;
import dev.tiphys.contracts.definition.Queue.KafkaSecurity;
import dev.tiphys.contracts.definition.Queue.Transport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Repositories, sources, queues and triggers: where events come from. */
class EndpointFormsTest {
    private static final String TOKEN = "token: {secretRef: {name: t}}";

    @Nested
    class ARepository {
        @Test
        void hasLimits() {
            Repository repository = repository(
                    "url: https://h/a/b, limits: {body: 25Mi, headers: 8Ki, rate: 100, burst: 200, time: 30s}");

            assertThat(repository.limits())
                    .isEqualTo(new Limits(25L * 1024 * 1024, 8192L, 100, 200, Duration.ofSeconds(30)));
            assertThat(repository("url: https://h/a/b, limits: {body: 4096}")
                            .limits()
                            .body())
                    .isEqualTo(4096);
            assertThat(repository("url: https://h/a/b").limits()).isEqualTo(Limits.NONE);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "github|https://github.com/acme/shop.git|https://api.github.com",
                    "github|git@github.com:acme/shop.git|https://api.github.com",
                    "github|https://ghe.example.com/acme/shop.git|https://ghe.example.com/api/v3",
                    "gitlab|https://gitlab.com/acme/shop.git|https://gitlab.com/api/v4",
                    "gitlab|ssh://git@gitlab.example.com:2222/acme/shop.git|https://gitlab.example.com/api/v4",
                })
        void findsTheApiOfItsServer(String provider, String url, String api) {
            Repository repository = repository("url: '" + url + "', provider: " + provider
                    + ", webhook: {secretRef: {name: w}}, recovery: {" + TOKEN + "}");

            assertThat(repository.recovery()).isEqualTo(new Recovery(api, null, new SecretRef("t", "token")));
        }

        @Test
        void keepsTheHookAndTheApiThatAreGiven() {
            Repository repository = repository("url: https://h/a/b, webhook: {secretRef: {name: w}}, recovery: {"
                    + TOKEN + ", apiUrl: https://api.h/v3/, hook: 4711}");

            assertThat(repository.recovery())
                    .isEqualTo(new Recovery("https://api.h/v3", "4711", new SecretRef("t", "token")));
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "url: https://h/a/b, limits: {body: 25M}|expected a number of bytes, or a size such as 512Ki or 25Mi",
                    "url: https://h/a/b, limits: {body: 10}|expected a size from 1024 to 1073741824 bytes",
                    "url: https://h/a/b, limits: {headers: 8M}|expected a number of bytes, or a size such as 512Ki or 25Mi",
                    "url: https://h/a/b, limits: {headers: 100}|expected a size from 1024 to 1048576 bytes",
                    "url: https://h/a/b, limits: {header: 8Ki}|did you mean \"headers\"?",
                    "url: https://h/a/b, limits: {time: 5ms}|expected at least 1s",
                    "url: https://h/a/b, provider: gitea, webhook: {secretRef: {name: w}}, recovery: {token: {secretRef: {name: t}}}|only github and gitlab list their deliveries",
                    "url: https://h/a/b, recovery: {token: {secretRef: {name: t}}}|nothing to recover without a webhook",
                    "url: 'file:///srv/a', webhook: {secretRef: {name: w}}, recovery: {token: {secretRef: {name: t}}}|\"apiUrl\" is missing",
                    "url: https://h/a/b, provider: bitbuket|did you mean \"bitbucket\"?",
                })
        void thatIsWrongIsToldWhy(String spec, String message) {
            assertThat(only("Repository", spec).message()).contains(message);
        }
    }

    @Nested
    class ASource {
        private static final SecretRef SECRET = new SecretRef("s", "secret");

        @Test
        void provesItselfAsItsSenderDoes() {
            assertThat(own("harbor")).isEqualTo(new Verification.Token(SECRET, "authorization"));
            assertThat(own("nexus"))
                    .isEqualTo(new Verification.Hmac(SECRET, "x-nexus-webhook-signature", "sha1", "", "hex"));
            assertThat(own("artifactory"))
                    .isEqualTo(new Verification.Hmac(SECRET, "x-jfrog-event-auth", "sha256", "", "hex"));
            assertThat(own("azure-container-registry")).isEqualTo(new Verification.InAddress(SECRET));
            assertThat(own("docker-hub")).isEqualTo(new Verification.InAddress(SECRET));
            assertThat(own("quay")).isEqualTo(new Verification.InAddress(SECRET));
            assertThat(own("slack")).isEqualTo(new Verification.Slack(SECRET));
            assertThat(own("stripe")).isEqualTo(new Verification.Stripe(SECRET));
            assertThat(own("standard-webhooks")).isEqualTo(new Verification.StandardWebhooks(SECRET));
        }

        private Verification own(String sender) {
            Source source = source("sender: " + sender + ", secret: {secretRef: {name: s}}");
            assertThat(source.sender()).isEqualTo(sender);
            return source.verification();
        }

        @Test
        void ofSnsNamesItsTopics() {
            String topics = "topics: ['arn:aws:sns:eu-central-1:123456789012:t']";
            Verification expected = new Verification.Sns(List.of("arn:aws:sns:eu-central-1:123456789012:t"));

            assertThat(source("sender: sns, " + topics).verification()).isEqualTo(expected);
            assertThat(source("verify: {sns: {" + topics + "}}").verification()).isEqualTo(expected);
        }

        @Test
        void provesItselfInOneOfManyWays() {
            assertThat(way("bearer: {secretRef: {name: s}}"))
                    .isEqualTo(new Verification.Bearer(new SecretRef("s", "token")));
            assertThat(way("token: {secretRef: {name: s}, header: X-Token}"))
                    .isEqualTo(new Verification.Token(new SecretRef("s", "token"), "x-token"));
            assertThat(way("basic: {secretRef: {name: s}}")).isEqualTo(new Verification.Basic(SECRET));
            assertThat(way("address: {secretRef: {name: s}}")).isEqualTo(new Verification.InAddress(SECRET));
            assertThat(way("standardWebhooks: {secretRef: {name: s}}"))
                    .isEqualTo(new Verification.StandardWebhooks(SECRET));
            assertThat(way("slack: {secretRef: {name: s}}")).isEqualTo(new Verification.Slack(SECRET));
            assertThat(way("stripe: {secretRef: {name: s}}")).isEqualTo(new Verification.Stripe(SECRET));
            assertThat(way("oidc: {issuer: https://i/, audience: a, claims: {repository: acme/shop, ref: [x, y]}}"))
                    .isEqualTo(new Verification.Oidc(
                            "https://i/",
                            "a",
                            null,
                            Map.of("repository", List.of("acme/shop"), "ref", List.of("x", "y"))));
        }

        private Verification way(String way) {
            return source("verify: {" + way + "}").verification();
        }

        @Test
        void mayUseSha1WithAWarning() {
            Reading reading =
                    read("Source", "verify: {hmac: {secretRef: {name: s}, header: X-Signature, algorithm: sha1}}");

            assertThat(reading.acceptable()).isTrue();
            assertThat(reading.findings()).singleElement().satisfies(finding -> {
                assertThat(finding.path()).isEqualTo("spec.verify.hmac.algorithm");
                assertThat(finding.message()).contains("sha1 is weak");
            });
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "sender: harbour, secret: {secretRef: {name: s}}|did you mean \"harbor\"?",
                    "secret: {secretRef: {name: s}}|of generic is proved by verify, met secret",
                    "sender: quay|of quay is proved by either secret or verify, met none",
                    "sender: sns, secret: {secretRef: {name: s}}|of sns is proved by either topics or verify, met secret",
                    "sender: sns, topics: []|anyone can sign with a topic of their own",
                    "sender: sns, topics: [releases]|expected the ARN of a topic",
                    "verify: {}|expected exactly one of hmac, bearer, token",
                    "verify: {oidc: {issuer: https://i/, audience: a}}|so without them anyone gets in",
                    "verify: {oidc: {issuer: https://i/, audience: a, claims: {}}}|so without them anyone gets in",
                    "verify: {oidc: {issuer: https://i/, audience: a, claims: {sub: '*'}}}|so without them anyone gets in",
                    "verify: {oidc: {issuer: http://i.example.com/, audience: a, claims: {sub: x}}}|expected an address that begins with https://",
                    "verify: {oidc: {issuer: https://i/, audience: a, keysUrl: http://k/, claims: {sub: x}}}|expected an address that begins with https://",
                })
        void thatIsWrongIsToldWhy(String spec, String message) {
            assertThat(only("Source", spec).message()).contains(message);
        }
    }

    @Nested
    class AQueue {
        @Test
        void ofAwsKnowsItsRegionByItsAddress() {
            Queue queue = queue("sqs: {queueUrl: 'https://sqs.eu-central-1.amazonaws.com/123456789012/q'}");

            assertThat(queue)
                    .isEqualTo(new Queue(
                            queue.key(),
                            new Transport.Sqs(
                                    "https://sqs.eu-central-1.amazonaws.com/123456789012/q",
                                    "eu-central-1",
                                    null,
                                    null),
                            null,
                            5));
        }

        @Test
        void ofAnotherServerIsToldItsRegion() {
            Queue queue = queue("sqs: {queueUrl: 'http://localhost:9324/q', region: eu-west-1,"
                    + " endpoint: 'http://localhost:9324', credentials: {secretRef: {name: aws}}},"
                    + " deduplicateBy: message.id, maxReceives: 2");

            assertThat(queue.transport())
                    .isEqualTo(
                            new Transport.Sqs("http://localhost:9324/q", "eu-west-1", "http://localhost:9324", "aws"));
            assertThat(queue.deduplicateBy()).isEqualTo("message.id");
            assertThat(queue.maxReceives()).isEqualTo(2);
        }

        @Test
        void ofKafkaHasAGroupOfItsOwn() {
            assertThat(queue("kafka: {servers: 'a:9092,b:9092', topic: t}").transport())
                    .isEqualTo(new Transport.Kafka("a:9092,b:9092", "t", "tiphys-a", Queue.From.LATEST, null));
        }

        @Test
        void ofKafkaSaysWhoItIs() {
            Queue queue = queue(
                    "kafka: {servers: 'a:9092', topic: t, group: g, from: earliest, security: {protocol: SASL_SSL,"
                            + " mechanism: PLAIN, credentials: {secretRef: {name: k}}}}");

            assertThat(queue.transport())
                    .isEqualTo(new Transport.Kafka(
                            "a:9092", "t", "g", Queue.From.EARLIEST, new KafkaSecurity("SASL_SSL", "PLAIN", "k")));
        }

        @Test
        void thatSendsAPasswordUnencryptedIsAWarning() {
            Reading reading = read(
                    "Queue",
                    "kafka: {servers: 'a:9092', topic: t, security: {protocol: SASL_PLAINTEXT, mechanism: PLAIN,"
                            + " credentials: {secretRef: {name: k}}}}");

            assertThat(reading.acceptable()).isTrue();
            assertThat(reading.findings())
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.message()).contains("unencrypted"));
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "maxReceives: 3|expected either sqs or kafka, met none",
                    "sqs: {queueUrl: 'http://localhost:9324/q'}|\"region\" is missing",
                    "kafka: {servers: a, topic: t}|expected host:port",
                    "kafka: {servers: 'a:9092', topic: t, security: {protocol: SASL_SSL}}|expected a mechanism (PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512)",
                    "kafka: {servers: 'a:9092', topic: t, security: {protocol: SSL, mechanism: PLAIN}}|a mechanism belongs to SASL_SSL",
                    "kafka: {servers: 'a:9092', topic: t, form: latest}|did you mean \"from\"?",
                })
        void thatIsWrongIsToldWhy(String spec, String message) {
            assertThat(only("Queue", spec).message()).contains(message);
        }
    }

    @Nested
    class ATrigger {
        @Test
        void isAMessage() {
            assertThat(triggers("{message: {queue: q, when: a}}, {message: {queue: q}}"))
                    .containsExactly(new Trigger.Message("q", "a"), new Trigger.Message("q", null));
        }

        @Test
        void isASchedule() {
            assertThat(triggers(
                            "{schedule: {cron: '0 6 * * *'}}, {schedule: {cron: ' 0 6 * * *', timeZone: Europe/Vienna,"
                                    + " missed: all, jitter: 90s}}"))
                    .containsExactly(
                            new Trigger.Schedule("0 6 * * *", "UTC", Missed.LATEST, Duration.ZERO),
                            new Trigger.Schedule("0 6 * * *", "Europe/Vienna", Missed.ALL, Duration.ofSeconds(90)));
        }

        @Test
        void isAnEventWithACondition() {
            assertThat(triggers("{event: {source: s, types: [a], when: b}}"))
                    .containsExactly(new Trigger.FromSource("s", List.of("a"), "b"));
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "{schedule: {cron: '0 25 * * *'}}|the hour is \"25\"",
                    "{schedule: {cron: '0 6 * * *', timeZone: Europe/Viena}}|did you mean \"Europe/Vienna\"?",
                    "{scedule: {cron: '0 6 * * *'}}|met none; did you mean \"schedule\"?",
                    "{message: {queue: q}, event: {source: s}}|expected exactly one of push, event, message or schedule, met event and message",
                })
        void thatIsWrongIsToldWhy(String trigger, String message) {
            assertThat(read("Pipeline", "on: [" + trigger + "], steps: [{name: s, wait: 5m}]")
                            .findings())
                    .filteredOn(finding -> finding.severity() == Finding.Severity.ERROR)
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.message()).contains(message));
        }

        private List<Trigger> triggers(String triggers) {
            return definition("Pipeline", "on: [" + triggers + "], steps: [{name: s, wait: 5m}]", Pipeline.class)
                    .on();
        }
    }

    private static Repository repository(String spec) {
        return definition("Repository", spec, Repository.class);
    }

    private static Source source(String spec) {
        return definition("Source", spec, Source.class);
    }

    private static Queue queue(String spec) {
        return definition("Queue", spec, Queue.class);
    }

    private static <T extends Definition> T definition(String kind, String spec, Class<T> type) {
        Reading reading = read(kind, spec);
        assertThat(reading.findings()).isEmpty();
        return type.cast(Objects.requireNonNull(reading.documents().getFirst().definition()));
    }

    private static Finding only(String kind, String spec) {
        List<Finding> findings = read(kind, spec).findings();
        assertThat(findings).hasSize(1);
        return findings.getFirst();
    }

    private static Reading read(String kind, String spec) {
        return DefinitionReader.read(
                null, "{apiVersion: tiphys.dev/v1, kind: " + kind + ", metadata: {name: a}, spec: {" + spec + "}}");
    }
}
