package dev.tiphys.gateway.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.definition.Definition;
import dev.tiphys.contracts.definition.DefinitionReader;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.contracts.event.GitChange;
import dev.tiphys.gateway.delivery.Verdict.Refusal;
import dev.tiphys.gateway.sender.Senders;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeliveryRulesTest {
    private static final byte[] OTHER = "another secret".getBytes(UTF_8);

    @Nested
    class AProof {
        private final byte[] body = Examples.update().toString().getBytes(UTF_8);

        @Test
        void byThePresentSecretIsAccepted() {
            assertThat(judge(List.of(Examples.SECRET, OTHER), Examples.delivery("push", body)))
                    .isInstanceOfSatisfying(
                            Verdict.Accepted.class,
                            accepted -> assertThat(accepted.secret()).isZero());
        }

        @Test
        void byThePreviousSecretIsAccepted() {
            assertThat(judge(List.of(OTHER, Examples.SECRET), Examples.delivery("push", body)))
                    .isInstanceOfSatisfying(
                            Verdict.Accepted.class,
                            accepted -> assertThat(accepted.secret()).isOne());
        }

        @Test
        void inCapitalsIsAccepted() {
            String signature = "sha256=" + Examples.hmac(Examples.SECRET, body).toUpperCase(Locale.ROOT);

            assertThat(judge(signed(signature))).isInstanceOf(Verdict.Accepted.class);
        }

        static Stream<String> wrong() {
            byte[] body = Examples.update().toString().getBytes(UTF_8);
            String right = Examples.hmac(Examples.SECRET, body);
            return Stream.of(
                    "",
                    " ",
                    "sha256=",
                    "sha256=zz",
                    right,
                    "sha1=" + right,
                    "sha256=" + right.substring(2),
                    "sha256=" + right + "00",
                    "sha256=" + "0".repeat(64),
                    "sha256=" + Examples.hmac(OTHER, body),
                    "sha256=" + Examples.hmac(new byte[1], body),
                    "sha256=" + Examples.hmac(Examples.SECRET, "{}".getBytes(UTF_8)));
        }

        @ParameterizedTest
        @MethodSource("wrong")
        void thatIsWrongIsRefusedInOneAndTheSameWay(String signature) {
            assertThat(judge(signed(signature)))
                    .isEqualTo(new Verdict.Rejected(Refusal.UNVERIFIED, DeliveryRules.UNVERIFIED));
        }

        @Test
        void thatIsMissingIsRefusedInTheSameWay() {
            Delivery delivery = new Delivery("hello", Map.of("x-github-event", "push"), body, Examples.NOW);

            assertThat(judge(delivery)).isEqualTo(new Verdict.Rejected(Refusal.UNVERIFIED, DeliveryRules.UNVERIFIED));
        }

        @Test
        void isImpossibleWithoutASecret() {
            assertThat(judge(List.of(), Examples.delivery("push", body)))
                    .isEqualTo(new Verdict.Rejected(Refusal.UNVERIFIED, DeliveryRules.UNVERIFIED));
            assertThat(judge(List.of(new byte[0]), Examples.delivery("push", body)))
                    .isEqualTo(new Verdict.Rejected(Refusal.UNVERIFIED, DeliveryRules.UNVERIFIED));
        }

        @Test
        void comesBeforeAnyParsing() {
            Delivery delivery = new Delivery("hello", Map.of(), "{".getBytes(UTF_8), Examples.NOW);

            assertThat(judge(delivery)).isEqualTo(new Verdict.Rejected(Refusal.UNVERIFIED, DeliveryRules.UNVERIFIED));
        }

        private Delivery signed(String signature) {
            return Examples.delivery(Map.of("x-github-event", "push", "x-hub-signature-256", signature), body);
        }
    }

    @Nested
    class APush {
        @Test
        void isNormalised() {
            GitChange git = change(Examples.update());

            assertThat(git.provider()).isEqualTo("github");
            assertThat(git.repository()).isEqualTo("hello");
            assertThat(git.fullName()).isEqualTo("codertocat/hello-world");
            assertThat(git.ref()).isEqualTo("refs/heads/master");
            assertThat(git.branch()).isEqualTo("master");
            assertThat(git.tag()).isNull();
            assertThat(git.revision()).matches("[0-9a-f]{40}");
            assertThat(git.before()).isEqualTo("6113728f27ae82c7b1a177c8d03f9e96e0adf246");
            assertThat(git.changedPaths()).isNotNull();
            assertThat(git.author()).isNotBlank();
            assertThat(git.link()).startsWith("https://github.com/");
        }

        @Test
        void carriesItsBodyUntouchedAndNoProof() {
            ObjectNode body = Examples.update();
            ExternalEvent event = event(body).data();

            assertThat(event.body()).isEqualTo(body);
            assertThat(event.headers()).containsOnlyKeys("x-github-event", "x-github-delivery");
            assertThat(event.delivery()).isEqualTo("d-1");
            assertThat(event.type()).isEqualTo("push");
        }

        @Test
        void saysWhereItComesFrom() {
            CloudEvent<ExternalEvent> event = event(Examples.update());

            assertThat(event.source()).isEqualTo("/tiphys/gateway/hello");
            assertThat(event.subject()).isEqualTo("refs/heads/master");
            assertThat(event.time()).isEqualTo(Examples.NOW);
            assertThat(event.causality().definitionsOffset()).isEqualTo(7);
        }

        @Test
        void deliveredAgainHasTheSameId() {
            assertThat(event(Examples.update()).id())
                    .isEqualTo(event(Examples.update()).id())
                    .isNotEqualTo(DeliveryRules.eventId("hello", "d-2", 0))
                    .isNotEqualTo(DeliveryRules.eventId("other", "d-1", 0));
        }

        @Test
        void carriesOnATrace() {
            String traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
            byte[] body = Examples.update().toString().getBytes(UTF_8);
            Verdict verdict =
                    judge(Examples.delivery(Map.of("x-github-event", "push", "traceparent", traceparent), body));

            assertThat(((Verdict.Accepted) verdict)
                            .events()
                            .getFirst()
                            .causality()
                            .traceparent())
                    .isEqualTo(traceparent);
        }

        @Test
        void ofATagHasNoBranch() {
            ObjectNode tag = Examples.of("push").getFirst();
            GitChange git = change(tag);

            assertThat(git.tag()).isEqualTo("simple-tag");
            assertThat(git.branch()).isNull();
            assertThat(git.changedPaths()).isNull();
            assertThat(git.deleted()).isFalse();
        }

        @Test
        void ofAnAnnotatedTagIsAboutTheCommitThatItStandsOn() {
            ObjectNode tag = Examples.of("push").getFirst().deepCopy();
            tag.put("after", "b".repeat(40));
            tag.putObject("head_commit").put("id", "c".repeat(40));

            assertThat(change(tag).revision()).isEqualTo("c".repeat(40));
        }

        @Test
        void thatDeletesHasNoRevision() {
            ObjectNode push = Examples.update().put("after", "0".repeat(40)).put("deleted", true);

            assertThat(change(push).deleted()).isTrue();
            assertThat(change(push).changedPaths()).isNull();
        }

        @Test
        void listsEveryPathOfEveryCommitOnce() {
            ObjectNode push = Examples.update();
            ArrayNode commits = push.putArray("commits");
            commits.add(commit(List.of("a", "b"), List.of(), List.of("c")));
            commits.add(commit(List.of("b"), List.of("d"), List.of()));

            assertThat(change(push).changedPaths()).containsExactlyInAnyOrder("a", "b", "c", "d");
        }

        @Test
        void doesNotKnowItsPathsWhereTheListMayBeCut() {
            ObjectNode push = Examples.update();
            ArrayNode commits = push.putArray("commits");
            for (int i = 0; i < 2047; i++) {
                commits.add(commit(List.of("a" + i), List.of(), List.of()));
            }
            assertThat(change(push).changedPaths()).hasSize(2047);

            commits.add(commit(List.of("b"), List.of(), List.of()));
            assertThat(change(push).changedPaths()).isNull();
        }

        @Test
        void doesNotKnowItsPathsWhenForcedNewOrWithoutAList() {
            assertThat(change(Examples.update().put("forced", true)).changedPaths())
                    .isNull();
            assertThat(change(Examples.update().put("before", "0".repeat(40))).changedPaths())
                    .isNull();
            ObjectNode without = Examples.update();
            without.remove("commits");
            assertThat(change(without).changedPaths()).isNull();
            ObjectNode empty = Examples.update();
            empty.putArray("commits");
            assertThat(change(empty).changedPaths()).isNull();
        }

        @Test
        void aboutAnotherRepositoryIsNotLetIn() {
            ObjectNode push = Examples.update();
            push.withObjectProperty("repository").put("full_name", "acme/shop");

            assertThat(judge(Examples.delivery("push", push)))
                    .isInstanceOfSatisfying(
                            Verdict.Rejected.class,
                            rejected -> assertThat(rejected.refusal()).isEqualTo(Refusal.FOREIGN));
        }

        @Test
        void ofANoteIsIrrelevant() {
            assertThat(judge(Examples.delivery("push", Examples.update().put("ref", "refs/notes/commits"))))
                    .isInstanceOf(Verdict.Irrelevant.class);
        }

        private ObjectNode commit(List<String> added, List<String> modified, List<String> removed) {
            ObjectNode commit = Examples.JSON.createObjectNode();
            added.forEach(commit.putArray("added")::add);
            modified.forEach(commit.putArray("modified")::add);
            removed.forEach(commit.putArray("removed")::add);
            return commit;
        }
    }

    @Nested
    class AnythingElse {
        @Test
        void pingIsIrrelevant() {
            for (ObjectNode ping : Examples.of("ping")) {
                ping.withObjectProperty("repository").put("full_name", "Codertocat/Hello-World");
                assertThat(judge(Examples.delivery("ping", ping))).isInstanceOf(Verdict.Irrelevant.class);
            }
        }

        @Test
        void anotherEventIsIrrelevant() {
            assertThat(judge(Examples.delivery("star", Examples.update()))).isInstanceOf(Verdict.Irrelevant.class);
        }

        @Test
        void withoutAnEventIsMalformed() {
            assertThat(judge(Examples.delivery(Map.of(), "{}".getBytes(UTF_8)))).isEqualTo(malformed());
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "{", "nope", "{}{}", "{\"a\":1,\"a\":2}", "\u0000", "[1,]"})
        void thatIsNotJsonIsMalformed(String body) {
            assertThat(judge(Examples.delivery("push", body.getBytes(UTF_8))))
                    .isInstanceOfSatisfying(
                            Verdict.Rejected.class,
                            rejected -> assertThat(rejected.refusal()).isEqualTo(Refusal.MALFORMED));
        }

        @Test
        void thatIsTooDeepIsMalformed() {
            String body = "[".repeat(100_000) + "]".repeat(100_000);
            assertThat(judge(Examples.delivery("push", body.getBytes(UTF_8)))).isInstanceOf(Verdict.Rejected.class);
        }

        @Test
        void inUnknownBytesIsMalformed() {
            assertThat(judge(Examples.delivery("push", new byte[] {(byte) 0xff, (byte) 0xc0, 0, 1, '{'})))
                    .isInstanceOf(Verdict.Rejected.class);
        }

        private static Verdict malformed() {
            return new Verdict.Rejected(
                    Refusal.MALFORMED, "the header X-GitHub-Event is missing: is the sender GitHub?");
        }
    }

    /** Every node of every example takes every wrong form: the rules are total. */
    @Nested
    class AMutilatedPayload {
        private static final String DEEP = "[".repeat(64) + "]".repeat(64);
        private static final List<String> FORMS = List.of(
                "null", "[]", "{}", "\"\"", "-1", "1e999", "true", "\"\\u0000\"", "[null]", "{\"a\":[1]}", DEEP);

        @Test
        void alwaysGetsAVerdict() {
            int cases = 0;
            for (String event : List.of("push", "ping")) {
                for (ObjectNode example : payloads(event)) {
                    for (String pointer : pointers(example, "")) {
                        for (String form : FORMS) {
                            cases += sweep(event, example, pointer, form);
                        }
                        cases += sweep(event, example, pointer, null);
                    }
                }
            }
            assertThat(cases).isGreaterThan(10_000);
        }

        private static List<ObjectNode> payloads(String event) {
            List<ObjectNode> payloads = new ArrayList<>(Examples.of(event));
            if (event.equals("push")) {
                payloads.add(Examples.update());
            }
            return payloads;
        }

        private static int sweep(String event, ObjectNode example, String pointer, @Nullable String form) {
            String marker = "\"@@here@@\"";
            ObjectNode copy = example.deepCopy();
            int slash = pointer.lastIndexOf('/');
            JsonNode parent = copy.at(pointer.substring(0, slash));
            String name = pointer.substring(slash + 1).replace("~1", "/").replace("~0", "~");
            if (parent instanceof ObjectNode object) {
                if (form == null) {
                    object.remove(name);
                } else {
                    object.put(name, "@@here@@");
                }
            } else if (parent instanceof ArrayNode array) {
                if (form == null) {
                    array.remove(Integer.parseInt(name));
                } else {
                    array.set(Integer.parseInt(name), "@@here@@");
                }
            }
            String body = form == null ? copy.toString() : copy.toString().replace(marker, form);
            Verdict verdict = judge(Examples.delivery(event, body.getBytes(UTF_8)));
            if (verdict instanceof Verdict.Accepted(var _, var accepted, var _, var _)) {
                // What is accepted can be written to the log and read again.
                byte[] written = Json.bytes(accepted.getFirst().data());
                assertThat(written).isNotEmpty();
            }
            return 1;
        }

        private static List<String> pointers(JsonNode node, String at) {
            List<String> pointers = new ArrayList<>();
            if (!at.isEmpty()) {
                pointers.add(at);
            }
            node.properties()
                    .forEach(field -> pointers.addAll(pointers(
                            field.getValue(),
                            at + "/" + field.getKey().replace("~", "~0").replace("/", "~1"))));
            if (node.isArray()) {
                for (int i = 0; i < node.size(); i++) {
                    pointers.addAll(pointers(node.get(i), at + "/" + i));
                }
            }
            return pointers;
        }
    }

    @Nested
    class AGenericSource {
        @Test
        void provesItselfByASignatureOfItsOwnForm() {
            Endpoint endpoint = source(
                    "hmac: {secretRef: {name: x}, header: X-Sign, algorithm: sha256, prefix: 'v1=', encoding: base64}");
            byte[] body = "{\"type\": \"invoice.paid\", \"amount\": 1.50}".getBytes(UTF_8);
            String digest =
                    Base64.getEncoder().encodeToString(HexFormat.of().parseHex(Examples.hmac(Examples.SECRET, body)));
            Delivery delivery =
                    new Delivery("billing", Map.of("x-sign", "v1=" + digest, "x-other", "1"), body, Examples.NOW);

            Verdict verdict = DeliveryRules.judge(endpoint, List.of(Examples.SECRET), 0, delivery);

            ExternalEvent event =
                    ((Verdict.Accepted) verdict).events().getFirst().data();
            assertThat(event.type()).isEqualTo("invoice.paid");
            assertThat(event.git()).isNull();
            assertThat(event.headers()).containsOnlyKeys("x-other");
            assertThat(event.delivery()).startsWith("own-");
            assertThat(event.body().path("amount").toString()).isEqualTo("1.50");
        }

        @Test
        void provesItselfByAToken() {
            Endpoint endpoint = source("bearer: {secretRef: {name: x}}");
            Map<String, String> headers = Map.of(
                    "authorization",
                    "bearer It's a Secret to Everybody",
                    "x-event-type",
                    "order.made",
                    "idempotency-key",
                    "order-1");
            byte[] body = "[1]".getBytes(UTF_8);

            Verdict verdict = DeliveryRules.judge(
                    endpoint, List.of(Examples.SECRET), 0, new Delivery("billing", headers, body, Examples.NOW));
            ExternalEvent event =
                    ((Verdict.Accepted) verdict).events().getFirst().data();
            assertThat(event.type()).isEqualTo("order.made");
            assertThat(event.delivery()).isEqualTo("order-1");
            assertThat(event.headers()).doesNotContainKey("authorization");

            assertThat(DeliveryRules.judge(
                            endpoint, List.of(OTHER), 0, new Delivery("billing", headers, body, Examples.NOW)))
                    .isInstanceOf(Verdict.Rejected.class);
            assertThat(DeliveryRules.judge(
                            endpoint,
                            List.of(Examples.SECRET),
                            0,
                            new Delivery("billing", Map.of("authorization", "Bearer "), body, Examples.NOW)))
                    .isInstanceOf(Verdict.Rejected.class);
        }

        @Test
        void withoutAnIdIsADeliveryOfItsOwnEachTime() {
            Endpoint endpoint = source("bearer: {secretRef: {name: x}}");

            assertThat(Stream.of(
                                    without("", Examples.NOW),
                                    without("", Examples.NOW.plusMillis(1)),
                                    without("a=1", Examples.NOW),
                                    without("a=2", Examples.NOW))
                            .map(delivery -> DeliveryRules.judge(endpoint, List.of(Examples.SECRET), 0, delivery))
                            .map(verdict -> ((Verdict.Accepted) verdict)
                                    .events()
                                    .getFirst()
                                    .id()))
                    .doesNotHaveDuplicates();
        }

        private static Delivery without(String query, Instant at) {
            return new Delivery(
                    "billing",
                    "POST",
                    "",
                    query,
                    Map.of("authorization", "Bearer It's a Secret to Everybody"),
                    "{}".getBytes(UTF_8),
                    at);
        }

        private static Endpoint source(String verify) {
            Definition definition = DefinitionReader.read(
                            null,
                            "{apiVersion: tiphys.dev/v1, kind: Source, metadata: {name: billing}, spec: {verify: {"
                                    + verify + "}}}")
                    .documents()
                    .getFirst()
                    .definition();
            return Objects.requireNonNull(Senders.table(List.of(Objects.requireNonNull(definition)), Examples.TERMS)
                    .get("billing"));
        }
    }

    private static Verdict judge(Delivery delivery) {
        return judge(List.of(Examples.SECRET), delivery);
    }

    private static Verdict judge(List<byte[]> secrets, Delivery delivery) {
        return DeliveryRules.judge(Examples.ENDPOINT, secrets, 7, delivery);
    }

    private static CloudEvent<ExternalEvent> event(ObjectNode push) {
        Verdict verdict = judge(Examples.delivery("push", push));
        assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
        return ((Verdict.Accepted) verdict).events().getFirst();
    }

    private static GitChange change(ObjectNode push) {
        return Objects.requireNonNull(event(push).data().git());
    }
}
