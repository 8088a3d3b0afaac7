package dev.tiphys.gateway.sender;

import static dev.tiphys.gateway.sender.SendersTest.event;
import static dev.tiphys.gateway.sender.SendersTest.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

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
import dev.tiphys.gateway.proof.Proof;
import dev.tiphys.platform.expression.cel.CelExpressions;
import java.net.URLEncoder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArgoHooksTest {
    private static final byte[] SECRET = "s3cret".getBytes(UTF_8);
    private static final Map<String, String> PROOF = Map.of("authorization", "Bearer s3cret", "x-one", "1");

    @Test
    void areServedByNameAndByPath() {
        Map<String, Endpoint> table = table("webhook", "POST", List.of(), List.of(), null, Map.of());

        assertThat(table).containsOnlyKeys("hooks/build", "hooks/my/path");
        assertThat(table.get("hooks/build").owner()).isEqualTo("hooks");
    }

    @Test
    void carryArgosPayload() {
        ExternalEvent event = event(post(
                table("webhook", "POST", List.of(), List.of(), null, Map.of("team", "x"))
                        .get("hooks/my/path"),
                "{\"a\": 1}"));

        assertThat(event.name()).isEqualTo("build");
        assertThat(event.type()).isEqualTo("webhook");
        assertThat(event.endpoint()).isEqualTo("hooks");
        assertThat(event.body()).isEqualTo(json("""
                        {"header": {"X-One": ["1"], "Authorization": ["*** Masked Auth Secret ***"]},
                         "body": {"a": 1}, "metadata": {"team": "x"}}
                        """));
    }

    @ParameterizedTest
    @CsvSource({
        "github,headers",
        "gitlab,headers",
        "bitbucket,headers",
        "bitbucketserver,headers",
        "gerrit,headers",
        "sns,header",
        "webhook,header"
    })
    void callTheHeadersAsArgoDoes(String type, String key) {
        ExternalEvent event = event(post(endpoint(type), "{\"Type\": \"Notification\"}"));

        assertThat(event.body().path(key).path("X-One").path(0).asText()).isEqualTo("1");
        assertThat(event.body().path("body").path("Type").asText()).isEqualTo("Notification");
        assertThat(event.body().has("metadata")).isFalse();
    }

    @Test
    void carryAnEnvelopeOfSnsWithoutWhatOnlyItsSenderMayKnow() {
        ExternalEvent event = event(post(endpoint("sns"), """
                {"Type": "Notification", "Message": "m", "Signature": "canary", "SigningCertURL": "canary",
                 "UnsubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe&canary"}"""));

        assertThat(event.body().path("body").path("Message").asText()).isEqualTo("m");
        assertThat(event.body().toString()).doesNotContain("canary");
    }

    @Test
    void haveShapesOfTheirOwnForSomeSenders() {
        assertThat(event(post(endpoint("stripe"), "{\"id\": \"e\", \"type\": \"invoice.paid\"}"))
                        .body())
                .isEqualTo(json("{\"event\": {\"id\": \"e\", \"type\": \"invoice.paid\"}}"));
        assertThat(event(
                                post(
                                        endpoint("slack"),
                                        "{\"type\": \"event_callback\", \"token\": \"t\", \"event\": {\"type\": \"message\", \"text\": \"x\"}}"))
                        .body())
                .isEqualTo(json("{\"type\": \"message\", \"data\": {\"type\": \"message\", \"text\": \"x\"}}"));
    }

    @Test
    void takeAQueryForABody() {
        Endpoint get =
                table("webhook", "GET", List.of(), List.of(), null, Map.of()).get("hooks/build");
        Delivery delivery = new Delivery("hooks/build", "GET", "", "a=1&a=2&b=x%20y", PROOF, new byte[0], Fixture.NOW);

        assertThat(get.methods()).containsExactly("GET");
        assertThat(event(judge(get, delivery)).body().path("body"))
                .isEqualTo(json("{\"a\": [\"1\", \"2\"], \"b\": [\"x y\"]}"));
    }

    @Test
    void takeAFormForABody() {
        Map<String, String> form =
                Map.of("authorization", "Bearer s3cret", "content-type", "application/x-www-form-urlencoded");
        assertThat(event(post(endpoint("webhook"), form, "a=1&a=2")).body().path("body"))
                .isEqualTo(json("{\"a\": [\"1\", \"2\"]}"));
        assertThat(event(post(endpoint("github"), form, "payload=%7B%22a%22%3A1%7D"))
                        .body()
                        .path("body"))
                .isEqualTo(json("{\"a\": 1}"));
        assertThat(post(endpoint("github"), form, "other=1")).isInstanceOf(Verdict.Rejected.class);
    }

    @Test
    void readWhatStorageGridPublishes() {
        Endpoint grid = grid(EventSource.Input.ObjectKeys.ALL);

        ExternalEvent event = event(post(grid, PUBLISHED, notification("in/red+rose.csv")));

        assertThat(event.type()).isEqualTo("ObjectCreated:Put");
        assertThat(event.body()).isEqualTo(json("""
                {"notification": {"Action": "Publish", "TopicArn": "urn:t", "Version": "2010-03-31", "Message":
                  {"Records": [{"eventName": "ObjectCreated:Put", "s3": {"object": {"key": "in/red+rose.csv"}}}]}}}
                """));
        assertThat(grid.mapper().isPublishedTo()).isTrue();
        assertThat(endpoint("sns").mapper().isPublishedTo()).isFalse();
    }

    @Test
    void letInOnlyTheObjectsOfAFilter() {
        Endpoint grid = grid(new EventSource.Input.ObjectKeys("in/", ".csv"));

        assertThat(post(grid, PUBLISHED, notification("in/a.csv"))).isInstanceOf(Verdict.Accepted.class);
        for (String other : List.of(notification("in/a.txt"), notification("out/a.csv"), "Message=%7B%7D")) {
            assertThat(post(grid, PUBLISHED, other))
                    .isInstanceOfSatisfying(
                            Verdict.Irrelevant.class,
                            dropped -> assertThat(dropped.reason()).contains("the filter of the EventSource"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Action=Publish", "Message=x", "Message=%5B%5D", "Message=%zz", "{}"})
    void refuseWhatStorageGridDoesNotPublish(String body) {
        assertThat(post(grid(EventSource.Input.ObjectKeys.ALL), PUBLISHED, body))
                .isInstanceOfSatisfying(
                        Verdict.Rejected.class,
                        rejected -> assertThat(rejected.refusal()).isEqualTo(Refusal.MALFORMED));
    }

    private static final Map<String, String> PUBLISHED = Map.of(
            "authorization", "Bearer s3cret", "content-type", "application/x-www-form-urlencoded; charset=utf-8");

    private static String notification(String key) {
        return "Action=Publish&TopicArn=urn%3At&Version=2010-03-31&AWSAccessKeyId=hidden&Message="
                + URLEncoder.encode(
                        "{\"Records\": [{\"eventName\": \"ObjectCreated:Put\", \"s3\": {\"object\": {\"key\": \"" + key
                                + "\"}}}]}",
                        UTF_8);
    }

    private static Endpoint grid(EventSource.Input.ObjectKeys objects) {
        EventSource.Input.Hook hook = new EventSource.Input.Hook(
                "",
                "POST",
                new Verification.Bearer(new SecretRef("x", "y")),
                List.of(),
                List.of(),
                Limits.NONE,
                objects);
        EventSource source = new EventSource(
                new DefinitionKey("EventSource", "default", "hooks"),
                List.of(new EventSource.Event("build", "storageGrid", hook, null, Map.of())));
        return Senders.table(List.of(source), Fixture.TERMS).get("hooks/build");
    }

    @Test
    void takeNoOtherMethod() {
        Endpoint put =
                table("webhook", "PUT", List.of(), List.of(), null, Map.of()).get("hooks/build");
        assertThat(judge(put, new Delivery("hooks/build", "PUT", "", "", PROOF, "{}".getBytes(UTF_8), Fixture.NOW)))
                .isInstanceOf(Verdict.Rejected.class);
    }

    @Test
    void letInTheRepositoriesAndEventsOfTheirLists() {
        Endpoint github = table("github", "POST", List.of("acme/shop"), List.of("push"), null, Map.of())
                .get("hooks/build");
        Map<String, String> push = Map.of("authorization", "Bearer s3cret", "x-github-event", "push");
        Map<String, String> star = Map.of("authorization", "Bearer s3cret", "x-github-event", "star");

        assertThat(event(post(github, push, "{\"repository\": {\"full_name\": \"Acme/Shop\"}}"))
                        .type())
                .isEqualTo("push");
        assertThat(post(github, push, "{\"repository\": {\"full_name\": \"acme/other\"}}"))
                .isInstanceOfSatisfying(
                        Verdict.Rejected.class,
                        rejected -> assertThat(rejected.refusal()).isEqualTo(Refusal.FOREIGN));
        assertThat(post(github, push, "{}")).isInstanceOf(Verdict.Rejected.class);
        assertThat(post(github, star, "{\"repository\": {\"full_name\": \"acme/shop\"}}"))
                .isInstanceOf(Verdict.Irrelevant.class);
    }

    @Test
    void dropWhatTheirFilterDoesNotLetThrough() {
        Endpoint filtered = table("webhook", "POST", List.of(), List.of(), "body.a == 1", Map.of())
                .get("hooks/build");

        assertThat(post(filtered, "{\"a\": 1}")).isInstanceOf(Verdict.Accepted.class);
        assertThat(post(filtered, "{\"a\": 2}")).isInstanceOf(Verdict.Irrelevant.class);
        assertThat(post(filtered, "[]"))
                .isInstanceOfSatisfying(
                        Verdict.Irrelevant.class,
                        dropped -> assertThat(dropped.reason()).contains("fails on it"));
    }

    @Test
    void neverCarryAToken() {
        Map<String, String> headers = Map.of(
                "authorization",
                "Bearer s3cret",
                "x-gitlab-token",
                "canary",
                "x-hub-signature-256",
                "canary",
                "cookie",
                "canary");
        assertThat(event(post(endpoint("gitlab"), headers, "{}")).toString()).doesNotContain("canary", "s3cret");
    }

    @Test
    void withoutAProofAreServedOnlyIfThatIsAllowed() {
        EventSource open = source("webhook", "POST", List.of(), List.of(), null, Map.of(), new Verification.Open());
        Delivery delivery = new Delivery("hooks/build", Map.of(), "{}".getBytes(UTF_8), Fixture.NOW);

        Endpoint closed = Senders.table(List.of(open), Fixture.TERMS).get("hooks/build");
        assertThat(closed.credentials()).isInstanceOf(Credentials.Closed.class);
        assertThat(judge(closed, delivery)).isEqualTo(SendersTest.unverified());

        Senders.Terms allowed = new Senders.Terms(Proof.Openness.OPEN_ALLOWED, new CelExpressions());
        assertThat(judge(Senders.table(List.of(open), allowed).get("hooks/build"), delivery))
                .isInstanceOf(Verdict.Accepted.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"webhook", "github", "gitlab", "bitbucket", "bitbucketserver", "gerrit", "slack", "stripe", "sns"
            })
    void giveAMutilatedPayloadAVerdict(String type) {
        Endpoint endpoint = table(type, "POST", List.of("acme/shop"), List.of("*"), "body.a?.b == 1", Map.of())
                .get("hooks/build");
        String payload =
                "{\"type\": \"x\", \"Type\": \"SubscriptionConfirmation\", \"SubscribeURL\": \"u\", \"a\": {\"b\": 1}, \"change\": {\"project\": \"acme/shop\"},"
                        + " \"event\": {\"type\": \"x\"}, \"repository\": {\"full_name\": \"acme/shop\", \"slug\": \"s\", \"project\": {\"key\": \"k\"}},"
                        + " \"project\": {\"path_with_namespace\": \"acme/shop\"}, \"Message\": {\"Records\": [{\"eventName\": \"e\"}]}}";
        for (String pointer : Mutations.pointers(json(payload))) {
            for (String form : Mutations.FORMS) {
                assertThat(post(endpoint, Mutations.replaced(json(payload), pointer, form)))
                        .isNotNull();
            }
            assertThat(post(endpoint, Mutations.missing(json(payload), pointer)))
                    .isNotNull();
        }
    }

    @Test
    void spellHeadersAsGoDoes() {
        assertThat(ArgoHookMapper.canonical("x-gitHub-event")).isEqualTo("X-Github-Event");
        assertThat(ArgoHookMapper.canonical("-a--b")).isEqualTo("-A--B");
    }

    private static Endpoint endpoint(String type) {
        return table(type, "POST", List.of(), List.of(), null, Map.of()).get("hooks/build");
    }

    private static Map<String, Endpoint> table(
            String type,
            String method,
            List<String> repositories,
            List<String> events,
            @Nullable String filter,
            Map<String, String> metadata) {
        Verification bearer = new Verification.Bearer(new SecretRef("x", "y"));
        return Senders.table(
                List.of(source(type, method, repositories, events, filter, metadata, bearer)), Fixture.TERMS);
    }

    private static EventSource source(
            String type,
            String method,
            List<String> repositories,
            List<String> events,
            @Nullable String filter,
            Map<String, String> metadata,
            Verification verification) {
        return new EventSource(
                new DefinitionKey("EventSource", "default", "hooks"),
                List.of(new EventSource.Event(
                        "build",
                        type,
                        new EventSource.Input.Hook("/my/path", method, verification, repositories, events, Limits.NONE),
                        filter,
                        metadata)));
    }

    private static Verdict post(Endpoint endpoint, String body) {
        return post(endpoint, PROOF, body);
    }

    private static Verdict post(Endpoint endpoint, Map<String, String> headers, String body) {
        return judge(endpoint, new Delivery(endpoint.name(), headers, body.getBytes(UTF_8), Fixture.NOW));
    }

    private static Verdict judge(Endpoint endpoint, Delivery delivery) {
        return DeliveryRules.judge(endpoint, List.of(SECRET), 1, delivery);
    }
}
