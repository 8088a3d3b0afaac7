package dev.tiphys.gateway.sender;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.definition.Definition;
import dev.tiphys.contracts.definition.Definition.Source;
import dev.tiphys.contracts.definition.DefinitionKey;
import dev.tiphys.contracts.definition.EventSource;
import dev.tiphys.contracts.definition.Limits;
import dev.tiphys.contracts.definition.SecretRef;
import dev.tiphys.contracts.definition.Verification;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.gateway.delivery.Credentials;
import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.DeliveryRules;
import dev.tiphys.gateway.delivery.Endpoint;
import dev.tiphys.gateway.delivery.Verdict;
import dev.tiphys.gateway.delivery.Verdict.Refusal;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SendersTest {
    static Stream<String> senders() {
        return Senders.names().stream();
    }

    @Nested
    class TheTable {
        @Test
        void isTheOneInTheDocuments() throws IOException {
            Set<String> documented = new TreeSet<>();
            for (String line : Files.readAllLines(Path.of("../docs/senders.md"))) {
                if (line.startsWith("| `")) {
                    documented.add(line.substring(3, line.indexOf('`', 3)));
                }
            }
            assertThat(documented).isEqualTo(Senders.names());
        }
    }

    @ParameterizedTest
    @MethodSource("dev.tiphys.gateway.sender.SendersTest#senders")
    void aProvenDeliveryBecomesAnEvent(String sender) {
        Fixture fixture = Fixture.of(sender);

        ExternalEvent event = event(fixture.judge(fixture.delivery()));

        assertThat(event.git() != null).isEqualTo(Fixture.GIT.contains(sender));
        if (!fixture.type().isEmpty()) {
            assertThat(event.type()).isEqualTo(fixture.type());
        }
        assertThat(Json.text(event))
                .doesNotContain("canary-capability")
                .doesNotContain("correct horse")
                .doesNotContainIgnoringCase("signature\":\"");
    }

    @ParameterizedTest
    @MethodSource("dev.tiphys.gateway.sender.SendersTest#senders")
    void theSameDeliveryIsTheSameEventAgain(String sender) {
        Fixture fixture = Fixture.of(sender);

        assertThat(((Verdict.Accepted) fixture.judge(fixture.delivery()))
                        .events()
                        .getFirst()
                        .id())
                .isEqualTo(((Verdict.Accepted) fixture.judge(fixture.delivery()))
                        .events()
                        .getFirst()
                        .id());
    }

    @ParameterizedTest
    @MethodSource("dev.tiphys.gateway.sender.SendersTest#senders")
    void withoutAProofItIsRefused(String sender) {
        Fixture fixture = Fixture.of(sender);
        Delivery unsigned = new Delivery("shop", fixture.headers(), Json.bytes(fixture.body()), Fixture.NOW);

        assertThat(fixture.judge(unsigned)).isEqualTo(unverified());
    }

    @ParameterizedTest
    @MethodSource("dev.tiphys.gateway.sender.SendersTest#senders")
    void withAnEmptyProofItIsRefused(String sender) {
        Fixture fixture = Fixture.of(sender);
        Delivery signed = fixture.delivery();
        for (String empty : List.of("", " ", "sha256=", "v1,", "v0=", "Bearer ", "Basic ", "Basic Og==")) {
            Map<String, String> headers = new HashMap<>(signed.headers());
            fixture.endpoint().verifier().headers().forEach(header -> headers.put(header, empty));
            ObjectNode body = fixture.body().deepCopy();
            body.put("Signature", "");
            assertThat(fixture.judge(new Delivery("shop", "POST", "", "", headers, Json.bytes(body), Fixture.NOW)))
                    .isEqualTo(unverified());
        }
    }

    @ParameterizedTest
    @MethodSource("dev.tiphys.gateway.sender.SendersTest#senders")
    void withAnotherSecretItIsRefused(String sender) {
        Fixture fixture = Fixture.of(sender);
        byte[] other = fixture.secret().clone();
        other[other.length - 1] ^= 1;

        assertThat(DeliveryRules.judge(fixture.endpoint(), List.of(other), 1, fixture.delivery()))
                .isEqualTo(unverified());
        assertThat(DeliveryRules.judge(fixture.endpoint(), List.of(), 1, fixture.delivery()))
                .isEqualTo(unverified());
        assertThat(DeliveryRules.judge(fixture.endpoint(), List.of(new byte[0]), 1, fixture.delivery()))
                .isEqualTo(unverified());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "github",
                "gitlab",
                "bitbucket",
                "bitbucket-server",
                "gitea",
                "forgejo",
                "nexus",
                "artifactory",
                "slack",
                "stripe",
                "sns"
            })
    void aBodySwappedUnderAValidSignatureIsRefused(String sender) {
        Fixture fixture = Fixture.of(sender);
        Delivery signed = fixture.delivery();
        byte[] body = new String(signed.body(), UTF_8).replace("1", "3").getBytes(UTF_8);
        assertThat(Arrays.equals(body, signed.body())).isFalse();

        assertThat(fixture.judge(
                        new Delivery("shop", "POST", signed.rest(), "", signed.headers(), body, signed.receivedAt())))
                .isEqualTo(unverified());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gitlab", "slack", "stripe"})
    void aProofOfAnotherTimeIsRefused(String sender) {
        Fixture fixture = Fixture.of(sender);
        Delivery signed = fixture.delivery();
        for (long late : List.of(301L, -301L, 86_400L)) {
            assertThat(fixture.judge(at(signed, late))).isEqualTo(unverified());
        }
        assertThat(fixture.judge(at(signed, 300))).isInstanceOf(Verdict.Accepted.class);
        assertThat(fixture.judge(at(signed, -300))).isInstanceOf(Verdict.Accepted.class);
    }

    private static Delivery at(Delivery delivery, long seconds) {
        return new Delivery(
                delivery.endpoint(),
                delivery.method(),
                delivery.rest(),
                "",
                delivery.headers(),
                delivery.body(),
                delivery.receivedAt().plusSeconds(seconds));
    }

    /** Every node of every fixture takes every wrong form: the mappers are total, and their output is bounded. */
    @ParameterizedTest
    @MethodSource("dev.tiphys.gateway.sender.SendersTest#senders")
    void aMutilatedPayloadGetsAVerdict(String sender) {
        Fixture fixture = Fixture.of(sender);
        int judged = 0;
        for (String pointer : Mutations.pointers(fixture.body())) {
            for (String form : Mutations.FORMS) {
                written(fixture.judge(fixture.delivery(
                        fixture.headers(),
                        Mutations.replaced(fixture.body(), pointer, form).getBytes(UTF_8))));
                judged++;
            }
            written(fixture.judge(fixture.delivery(
                    fixture.headers(),
                    Mutations.missing(fixture.body(), pointer).getBytes(UTF_8))));
        }
        for (String whole : List.of("", "null", "[]", "\"\"", "-1", "{}", "[".repeat(200), "\u0000")) {
            written(fixture.judge(fixture.delivery(fixture.headers(), whole.getBytes(UTF_8))));
            written(fixture.judge(fixture.delivery(Map.of(), whole.getBytes(UTF_8))));
        }
        assertThat(judged).isGreaterThan(50);
    }

    /** What is accepted can be written to the log, and is not larger than what came by more than its own envelope. */
    private static void written(Verdict verdict) {
        if (verdict instanceof Verdict.Accepted(var _, var events, var _, var _)) {
            events.forEach(event -> assertThat(Json.bytes(event.data())).hasSizeLessThan(20_000));
        }
    }

    @Nested
    class Slack {
        private final Fixture slack = Fixture.of("slack");

        @Test
        void isToldThatSomebodyIsThere() {
            ObjectNode question = json("{\"type\": \"url_verification\", \"challenge\": \"abc\", \"token\": \"t\"}");

            assertThat(slack.verdict(question)).isEqualTo(new Verdict.Challenged(json("{\"challenge\": \"abc\"}"), 0));
        }

        @Test
        void sendsInteractionsAsForms() {
            String payload =
                    "{\"type\": \"block_actions\", \"response_url\": \"https://canary\", \"actions\": [{\"action_id\": \"go\"}]}";
            ExternalEvent event = event(form("payload=" + URLEncoder.encode(payload, UTF_8)));

            assertThat(event.type()).isEqualTo("block_actions");
            assertThat(event.body().at("/actions/0/action_id").asText()).isEqualTo("go");
            assertThat(event.body().has("response_url")).isFalse();
        }

        @Test
        void sendsCommandsAsForms() {
            ExternalEvent event = event(form("token=canary&command=%2Fdeploy&text=shop+now&user_id=U1"));

            assertThat(event.type()).isEqualTo("/deploy");
            assertThat(event.body())
                    .isEqualTo(json("{\"command\": \"/deploy\", \"text\": \"shop now\", \"user_id\": \"U1\"}"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "payload=", "payload=%zz", "payload=%7B", "a=b", "&&&", "payload=[["})
        void isRefusedWithAnotherForm(String body) {
            assertThat(form(body)).isInstanceOf(Verdict.Rejected.class);
        }

        private Verdict form(String body) {
            return slack.judge(
                    slack.delivery(Map.of("content-type", "application/x-www-form-urlencoded"), body.getBytes(UTF_8)));
        }
    }

    @Nested
    class Sns {
        private final Fixture sns = Fixture.of("sns");

        @Test
        void sendsAMessageInAnEnvelope() {
            assertThat(event(sns.judge(sns.delivery())).body()).isEqualTo(json("{\"order\": 1}"));
            assertThat(event(sns.verdict(sns.body().deepCopy().put("Message", "hello")))
                            .body()
                            .asText())
                    .isEqualTo("hello");
        }

        @Test
        void signsInItsFirstVersionToo() {
            assertThat(sns.verdict(sns.body().deepCopy().put("SignatureVersion", "1")))
                    .isInstanceOf(Verdict.Accepted.class);
            assertThat(sns.verdict(sns.body().deepCopy().put("SignatureVersion", "3")))
                    .isEqualTo(unverified());
        }

        @ParameterizedTest
        @ValueSource(strings = {"2026-02-28T09:59:59Z", "2026-03-02T10:00:01Z", "yesterday", ""})
        void isNotBelievedWhenItIsOld(String said) {
            assertThat(sns.verdict(sns.body().deepCopy().put("Timestamp", said)))
                    .isEqualTo(unverified());
        }

        @Test
        void isInvitedOnlyAtItsOwnAddress() {
            String address = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=a&Token=t";
            assertThat(sns.verdict(confirmation(address)))
                    .isInstanceOfSatisfying(
                            Verdict.Invited.class,
                            invited -> assertThat(invited.accept()).hasToString(address));
            for (String other : List.of(
                    "https://sns.eu-west-1.amazonaws.com.evil.example/?Action=ConfirmSubscription",
                    "https://evil.example/?Action=ConfirmSubscription",
                    "http://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription",
                    "https://sns.eu-west-1.amazonaws.com:8443/?Action=ConfirmSubscription",
                    "https://a@sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription",
                    "https://sns.eu-west-1.amazonaws.com/?Action=Publish&TopicArn=a",
                    "https://sns.evil.eu-west-1.amazonaws.com/?Action=ConfirmSubscription",
                    "file:///etc/passwd",
                    "")) {
                assertThat(sns.verdict(confirmation(other))).isInstanceOf(Verdict.Rejected.class);
            }
        }

        @Test
        void isNotInvitedForAnotherTopic() {
            ObjectNode other = confirmation("https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription")
                    .put("TopicArn", "arn:aws:sns:eu-west-1:1:other");
            assertThat(sns.verdict(other)).isEqualTo(unverified());
        }

        @Test
        void endsASubscriptionWithoutAnEvent() {
            assertThat(sns.verdict(confirmation("https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription")
                            .put("Type", "UnsubscribeConfirmation")))
                    .isInstanceOf(Verdict.Irrelevant.class);
        }

        private ObjectNode confirmation(String address) {
            ObjectNode body = sns.body().deepCopy();
            body.remove("Subject");
            return body.put("Type", "SubscriptionConfirmation")
                    .put("SubscribeURL", address)
                    .put("Token", "t");
        }
    }

    @Nested
    class Registries {
        @Test
        void azurePingIsIrrelevant() {
            Fixture azure = Fixture.of("azure-container-registry");
            assertThat(azure.verdict(azure.body().deepCopy().put("action", "ping")))
                    .isInstanceOf(Verdict.Irrelevant.class);
        }

        @Test
        void harborHasAnIdInCloudEvents() {
            Fixture harbor = Fixture.of("harbor");
            ObjectNode body = json("{\"specversion\": \"1.0\", \"id\": \"e-1\", \"type\": \"harbor.artifact.pushed\"}");
            assertThat(event(harbor.verdict(body)).delivery()).isEqualTo("e-1");
        }
    }

    /** Two tenants with one secret: the proof alone does not tell whose it is. */
    @Test
    void anotherRepositoryWithTheSameSecretIsForeign() {
        for (String sender : Fixture.GIT) {
            Fixture fixture = Fixture.of(sender);
            String other = Json.text(fixture.body())
                    .replace("acme/shop", "acme/other")
                    .replace("\"slug\":\"shop\"", "\"slug\":\"other\"")
                    .replace("_git/shop", "_git/other");
            assertThat(fixture.judge(fixture.delivery(fixture.headers(), other.getBytes(UTF_8))))
                    .as(sender)
                    .isInstanceOfSatisfying(
                            Verdict.Rejected.class,
                            rejected -> assertThat(rejected.refusal()).isEqualTo(Refusal.FOREIGN));
        }
    }

    @Test
    void aNewDeliveryIdMakesANewEvent() {
        Fixture github = Fixture.of("github");
        Set<String> ids = new HashSet<>();
        for (String id : List.of("d-1", "d-2", "d-1")) {
            Map<String, String> headers = new HashMap<>(github.headers());
            headers.put("x-github-delivery", id);
            ids.add(((Verdict.Accepted) github.judge(github.delivery(headers, Json.bytes(github.body()))))
                    .events()
                    .getFirst()
                    .id());
        }
        assertThat(ids).hasSize(2);
    }

    static ExternalEvent event(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
        return ((Verdict.Accepted) verdict).events().getFirst().data();
    }

    static ObjectNode json(String text) {
        JsonNode tree = Json.exactTree(text.getBytes(UTF_8)).orElseThrow();
        return (ObjectNode) tree;
    }

    static Verdict unverified() {
        return new Verdict.Rejected(Refusal.UNVERIFIED, "the signature or token is missing or wrong");
    }

    /** What a reader of the definitions would refuse may be on the log all the same: another version may have put it there. */
    @Test
    void aDefinitionThatCannotBeServedClosesItsOwnEndpointAlone() {
        SecretRef ref = new SecretRef("x", "secret");
        List<Definition> definitions = List.of(
                Fixture.repository("cvs", "https://git.example.com/acme/shop.git"),
                source("sender", "telegraph", new Verification.Bearer(ref)),
                source("algorithm", Source.GENERIC, new Verification.Hmac(ref, "x-sign", "md5", "", "hex")),
                source("encoding", Source.GENERIC, new Verification.Hmac(ref, "x-sign", "sha256", "", "runes")),
                new EventSource(
                        new DefinitionKey("EventSource", "default", "hooks"),
                        List.of(
                                hook("broken", new Verification.Hmac(ref, "x-sign", "md5", "", "hex")),
                                hook("sound", new Verification.Bearer(ref)))),
                source("last", Source.GENERIC, new Verification.Bearer(ref)));

        Map<String, Endpoint> table = Senders.table(definitions, Fixture.TERMS);

        assertThat(table)
                .containsOnlyKeys("shop", "sender", "algorithm", "encoding", "hooks/broken", "hooks/sound", "last");
        assertThat(List.of("shop", "sender", "algorithm", "encoding", "hooks/broken"))
                .allSatisfy(name -> assertThat(table.get(name).credentials())
                        .isInstanceOfSatisfying(
                                Credentials.Closed.class,
                                closed -> assertThat(closed.reason()).startsWith("its definition cannot be served: ")));
        assertThat(List.of("hooks/sound", "last"))
                .allSatisfy(name -> assertThat(table.get(name).credentials()).isInstanceOf(Credentials.Shared.class));
        assertThat(DeliveryRules.judge(
                        table.get("algorithm"),
                        List.of("x".getBytes(UTF_8)),
                        1,
                        new Delivery("algorithm", Map.of(), "{}".getBytes(UTF_8), Fixture.NOW)))
                .isEqualTo(unverified());
    }

    private static Source source(String name, String sender, Verification verification) {
        return new Source(new DefinitionKey("Source", "default", name), sender, verification, Limits.NONE);
    }

    private static EventSource.Event hook(String name, Verification verification) {
        return new EventSource.Event(
                name,
                "webhook",
                new EventSource.Input.Hook("", "POST", verification, List.of(), List.of(), Limits.NONE),
                null,
                Map.of());
    }
}
