package dev.tiphys.notifier;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tiphys.contracts.Topic;
import dev.tiphys.contracts.audit.DeadLettered;
import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.cloudevent.CloudEventCodec;
import dev.tiphys.contracts.cloudevent.Decoded;
import dev.tiphys.contracts.definition.Definition.SlackWorkspace;
import dev.tiphys.contracts.definition.StoredDefinition;
import dev.tiphys.contracts.notice.MessageOutcome;
import dev.tiphys.contracts.notice.NoticeRequested;
import dev.tiphys.contracts.run.RunFact;
import dev.tiphys.contracts.run.RunFact.NotifyTarget;
import dev.tiphys.contracts.run.RunState;
import dev.tiphys.notifier.delivery.Ledger;
import dev.tiphys.notifier.delivery.Plan;
import dev.tiphys.platform.definitions.Definitions;
import dev.tiphys.platform.log.LogWriter;
import dev.tiphys.testkit.FakeSlack;
import dev.tiphys.testkit.Fault;
import dev.tiphys.testkit.SlackMessage;
import io.agroal.api.AgroalDataSource;
import io.quarkus.agroal.DataSource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The whole notifier over a real broker and a real database, against a Slack that misbehaves. */
@QuarkusTest
@QuarkusTestResource(RealParts.class)
@Tag("real")
class NotifierTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String POST = "chat.postMessage";
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private static final Fault SCOPE_MISSING = new Fault.Refuse(
            200, "{\"ok\":false,\"error\":\"missing_scope\"}", Map.of("Content-Type", "application/json"));

    @Inject
    LogWriter log;

    @Inject
    Definitions definitions;

    @Inject
    Ledger ledger;

    @Inject
    @DataSource("notifier")
    AgroalDataSource database;

    private final FakeSlack slack = requireNonNull(RealParts.slack);
    private final String run = "r-" + NUMBER.incrementAndGet();
    private final String channel = "#c" + NUMBER.get();

    @BeforeEach
    void begin() throws Exception {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(15));
        slack.channel(channel);
        define(
                "default",
                "{\"token\":{\"secretRef\":{\"name\":\"slack\",\"key\":\"token\"}},\"apiUrl\":\"" + slack.apiUrl()
                        + "\"}");
    }

    @AfterEach
    void heal() throws Exception {
        slack.traffic().heal();
        Files.writeString(secret("slack/token"), RealParts.TOKEN);
    }

    @Nested
    class ARunThatSucceeds {
        @Test
        void hasOneCardThatIsEditedAndNothingElse() {
            Story story = story().created().started().deploys("experiment").testBegins();
            tell(story);
            await().untilAsserted(() -> assertThat(card().shown()).contains("jenkins build"));

            tellFrom(
                    story.facts().size(),
                    story.ends("integration-test", RunState.SUCCEEDED, null, Story.BUILD)
                            .deploys("dev")
                            .ended(RunState.SUCCEEDED, null));

            await().untilAsserted(() -> assertThat(card().shown()).contains("*shop-delivery* succeeded"));
            awaitQuiet();
            assertThat(slack.messages(channel)).hasSize(1);
            assertThat(outcomes(run)).hasAtLeastOneElementOfType(MessageOutcome.MessageSent.class);
        }

        @Test
        void isToldOnceThoughItsFactsArriveTwice() {
            Story story = story().succeeds();
            tell(story);
            tell(story);

            await().untilAsserted(() -> assertThat(card().shown()).contains("*shop-delivery* succeeded"));
            awaitQuiet();
            assertThat(slack.messages(channel)).hasSize(1);
        }
    }

    @Nested
    class ARunThatFails {
        @Test
        void saysWhyInTheThreadOfItsCard() {
            tell(story().testFails());

            await().untilAsserted(() -> assertThat(slack.replies(card())).hasSize(2));
            assertThat(slack.replies(card()).getFirst().shown())
                    .contains(
                            "*integration-test* of *shop-delivery* failed",
                            Story.BUILD,
                            "build #12 ended with FAILURE");
            assertThat(card().shown()).contains("*shop-delivery* failed", "*dev* skipped");
            assertThat(slack.cards(channel)).hasSize(1);
        }
    }

    @Nested
    class OneMessageForEachFact {
        @Test
        void whenSlackAsksForQuiet() {
            int before = slack.traffic().count(POST);
            slack.traffic().fail(POST, 1, Fault.rateLimited(Duration.ofSeconds(1)));

            tell(story().succeeds());

            await().untilAsserted(() -> assertThat(card().shown()).contains("succeeded"));
            awaitQuiet();
            assertThat(slack.messages(channel)).hasSize(1);
            assertThat(slack.traffic().count(POST) - before).isEqualTo(2);
        }

        @Test
        void whenTheAnswerIsLost() {
            slack.traffic().fail(POST, 2, new Fault.ActThenDrop());

            tell(story().testFails());

            await().untilAsserted(() -> assertThat(slack.replies(card())).hasSize(2));
            awaitQuiet();
            assertThat(slack.messages(channel)).hasSize(3);
        }

        @Test
        void whenSlackActsAndSaysThatItFailed() {
            slack.traffic().fail(POST, 1, new Fault.ActThenRefuse(500, "oops", Map.of()));

            tell(story().succeeds());

            await().untilAsserted(() -> assertThat(card().shown()).contains("succeeded"));
            awaitQuiet();
            assertThat(slack.messages(channel)).hasSize(1);
        }

        @Test
        void whenSlackSaysNothing() {
            slack.traffic().fail(POST, 1, new Fault.Silence());
            slack.traffic().fail("chat.update", 1, new Fault.Silence());

            Story story = story().created().started();
            tell(story);
            await().untilAsserted(() -> assertThat(slack.cards(channel)).hasSize(1));
            tellFrom(story.facts().size(), story.deploys("experiment").ended(RunState.SUCCEEDED, null));

            await().untilAsserted(() -> assertThat(card().shown()).contains("*shop-delivery* succeeded"));
            awaitQuiet();
            assertThat(slack.messages(channel)).hasSize(1);
        }

        @Test
        void whenTheProcessEndedAfterSending() throws Exception {
            tell(story().created());
            await().untilAsserted(() -> assertThat(states()).containsExactly("sent"));

            sql("UPDATE notifier.run SET card_ts = NULL, card_channel = NULL WHERE run = '" + run + "'");
            sql("UPDATE notifier.entry SET state = 'SENDING', slack_channel = NULL, reference = NULL,"
                    + " lease_until = now() - interval '1 second' WHERE run = '" + run + "'");

            await().untilAsserted(() -> assertThat(states()).containsExactly("sent"));
            awaitQuiet();
            assertThat(slack.messages(channel)).hasSize(1);
            assertThat(items().get(0).path("reference").asText()).isEqualTo(card().ts());
        }

        @Test
        void whenTheProcessEndedBeforeSending() throws Exception {
            tell(story().created());
            await().untilAsserted(() -> assertThat(states()).containsExactly("sent"));

            sql("INSERT INTO notifier.entry (version, key, run, kind, step, workspace, channel, state, last, broadcast,"
                    + " text, plain, doubt, attempts, not_before, lease_until, refusal_told, causation_id, planned_at)"
                    + " SELECT 1, run || '/failure/9@default', run, 'FAILURE', 'x', workspace, channel, 'SENDING', false,"
                    + " false, 'it failed', true, 'NONE', 1, now(), now() - interval '1 second', false, 'f', now()"
                    + " FROM notifier.entry WHERE run = '" + run + "'");

            await().untilAsserted(() -> assertThat(slack.replies(card())).hasSize(1));
            awaitQuiet();
            assertThat(slack.messages(channel)).hasSize(2);
        }

        @Test
        void whenItIsToBeSentWhileANewerOneTakesItsPlace() throws Exception {
            tell(story().created());
            await().untilAsserted(() -> assertThat(states()).containsExactly("sent"));
            String waiting = run + "/card/9@default";
            sql("INSERT INTO notifier.entry (version, key, run, kind, step, workspace, channel, state, last, broadcast,"
                    + " text, plain, doubt, attempts, not_before, refusal_told, causation_id, planned_at)"
                    + " SELECT 1, '" + waiting + "', run, 'CARD', '', workspace, channel, 'PLANNED', false,"
                    + " false, 'x', true, 'NONE', 0, now() + interval '1 hour', false, 'f', now()"
                    + " FROM notifier.entry WHERE run = '" + run + "'");
            AtomicReference<CompletableFuture<Integer>> claim = new AtomicReference<>();

            ledger.plan(run, standing -> {
                claim.set(CompletableFuture.supplyAsync(() -> claimed(waiting)));
                // Whoever would send it has to wait for the plan, and then finds it withdrawn.
                assertThat(claim.get()).failsWithin(Duration.ofMillis(700)).withThrowableOfType(TimeoutException.class);
                return new Plan(standing.picture(), standing.cardDigest(), List.of(), Map.of(waiting, "replaced"));
            });

            assertThat(claim.get().get(10, TimeUnit.SECONDS)).isZero();
            assertThat(states()).containsExactlyInAnyOrder("sent", "suppressed");
        }

        private int claimed(String key) {
            try (Connection connection = database.getConnection();
                    Statement statement = connection.createStatement()) {
                return statement.executeUpdate("UPDATE notifier.entry SET state = 'SENDING', lease_until = now()"
                        + " + interval '1 hour' WHERE key = '" + key + "' AND state = 'PLANNED'");
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        @Test
        void whenTheProcessEndedAfterSendingAReply() throws Exception {
            tell(story().testFails());
            await().untilAsserted(() -> assertThat(slack.replies(card())).hasSize(2));
            awaitQuiet();

            sql("UPDATE notifier.entry SET state = 'SENDING', reference = NULL,"
                    + " lease_until = now() - interval '1 second' WHERE run = '" + run + "' AND kind = 'FAILURE'");

            await().untilAsserted(() -> assertThat(states()).doesNotContain("sending", "planned"));
            awaitQuiet();
            assertThat(slack.replies(card())).hasSize(2);
        }

        @Test
        void whenTheDatabaseGoesWhileSlackIsAsked() {
            int before = slack.traffic().count(POST);
            slack.traffic().fail(POST, 1, new Fault.Delay(Duration.ofMillis(800)));
            tell(story().created());
            await().until(() -> slack.traffic().count(POST) > before);

            RealParts.withoutDatabase(
                    () -> await().until(() -> slack.messages(channel).size() == 1));

            await().untilAsserted(() -> assertThat(states()).containsExactly("sent"));
            awaitQuiet();
            assertThat(slack.messages(channel)).hasSize(1);
        }

        @Test
        void evenWhenNobodyMayLook() {
            slack.traffic().fail(POST, 1, new Fault.ActThenDrop());
            slack.traffic().failAll("conversations.list", SCOPE_MISSING);
            slack.traffic().failAll("conversations.history", SCOPE_MISSING);

            Story story = story().created();
            tell(story);

            await().untilAsserted(() -> assertThat(states()).containsExactly("unknown"));
            assertThat(items().get(0).path("reason").asText())
                    .contains("it is not known whether it arrived", "missing_scope");
            assertThat(slack.messages(channel)).hasSize(1);

            tellFrom(1, story.started().deploys("experiment").ended(RunState.SUCCEEDED, null));
            await().untilAsserted(() -> assertThat(slack.messages(channel)).hasSize(2));
            assertThat(slack.messages(channel).getLast().shown()).contains("*shop-delivery* succeeded");
        }
    }

    @Nested
    class AnOutage {
        @Test
        void ofTheDatabaseDelaysWhatIsToBeSaid() {
            Story story = story().created();
            tell(story);
            await().untilAsserted(() -> assertThat(states()).containsExactly("sent"));

            RealParts.withoutDatabase(() -> {
                tellFrom(1, story.started().deploys("experiment").ended(RunState.SUCCEEDED, null));
                await().until(() -> people().get("/api/notifications").statusCode() >= 500);
            });

            await().untilAsserted(() -> assertThat(card().shown()).contains("*shop-delivery* succeeded"));
            awaitQuiet();
            assertThat(slack.messages(channel)).hasSize(1);
        }

        @Test
        void ofTheBrokerHoldsUpNothingThatIsPlannedAndLosesNoOutcome() {
            slack.traffic().fail(POST, 1, Fault.rateLimited(Duration.ofSeconds(2)));
            tell(story().created());
            await().untilAsserted(() -> assertThat(states()).containsExactly("planned"));

            RealParts.withoutBroker(
                    () -> await().untilAsserted(() -> assertThat(states()).containsExactly("sent")));

            await().untilAsserted(() ->
                    assertThat(outcomes(run)).hasAtLeastOneElementOfType(MessageOutcome.MessageSent.class));
            assertThat(slack.messages(channel)).hasSize(1);
            tellFrom(1, story().created().started().deploys("experiment").ended(RunState.SUCCEEDED, null));
            await().untilAsserted(() -> assertThat(card().shown()).contains("*shop-delivery* succeeded"));
        }
    }

    @Nested
    class APoisonousRecord {
        @Test
        void thatCannotBeReadIsPutAsideAndStopsNoOther() {
            Story story = story().created();
            ProducerRecord<String, byte[]> good =
                    CloudEventCodec.write(Topic.RUNS, run, story.facts().getFirst());
            append(new ProducerRecord<>(Topic.RUNS.topicName(), null, run, "{".getBytes(UTF_8), good.headers()));

            tell(story);

            await().untilAsserted(() -> assertThat(slack.cards(channel)).hasSize(1));
            await().untilAsserted(() -> assertThat(read(Topic.DEAD_LETTERS, run, DeadLettered.class))
                    .extracting(DeadLettered::topic)
                    .contains(Topic.RUNS.topicName()));
        }

        @Test
        void thatTheLedgerCanNeverHoldIsPutAsideAndStopsNoOther() {
            notice("what\u0000ever", channel);
            notice("fine", channel);
            tell(story().created());

            await().untilAsserted(() -> assertThat(slack.replies(card())).hasSize(1));
            assertThat(slack.replies(card()).getFirst().shown()).isEqualTo("say fine");
            await().untilAsserted(() -> assertThat(read(Topic.DEAD_LETTERS, run, DeadLettered.class))
                    .extracting(DeadLettered::topic)
                    .contains(Topic.NOTICES.topicName()));
        }

        @Test
        void thatIsTooLargeForTheLedgerIsPutAsideAndStopsNoOther() {
            notice("far", "#" + random(300));
            notice("fine", channel);
            tell(story().created());

            await().untilAsserted(() -> assertThat(slack.replies(card())).hasSize(1));
        }

        @Test
        void amongTheFactsOfARunTakesNoneOfThemAlong() {
            Story story = story().created()
                    .started()
                    .ends("experiment", RunState.FAILED, "broken by \u0000", null)
                    .ended(RunState.FAILED, "experiment failed");

            tell(story);

            await().untilAsserted(() -> assertThat(card().shown()).contains("*shop-delivery* failed"));
        }

        @Test
        void ofSlackEndsOneMessageAndNotItsLane() {
            slack.traffic()
                    .fail(
                            POST,
                            1,
                            new Fault.Refuse(
                                    200,
                                    "{\"ok\":true,\"channel\":\"C1\",\"ts\":\"1\\u0000\"}",
                                    Map.of("Content-Type", "application/json")));
            tell(story().created());

            await().untilAsserted(() -> assertThat(states()).containsExactly("unknown"));
            assertThat(items().get(0).path("reason").asText()).contains("an error of the notifier");
            tellFrom(1, story().created().started().deploys("experiment").ended(RunState.SUCCEEDED, null));
            await().untilAsserted(() -> assertThat(slack.messages(channel)).isNotEmpty());
        }
    }

    @Nested
    class ARefusal {
        @Test
        void isInTheLedgerWithItsReasonAndStopsNobodyElse() {
            slack.removeBot(channel);
            String other = "other-" + run;
            slack.channel("#" + other);

            tell(story().created());
            tell(Story.of(other, new NotifyTarget("#" + other, "default")).succeeds());

            await().untilAsserted(() -> assertThat(states()).containsExactly("refused"));
            assertThat(items().get(0).path("reason").asText()).isEqualTo("not_in_channel");
            await().untilAsserted(() -> assertThat(slack.cards("#" + other)).hasSize(1));
            await().untilAsserted(() ->
                    assertThat(outcomes(run)).hasAtLeastOneElementOfType(MessageOutcome.MessageRefused.class));
        }

        @Test
        void ofTheTokenIsOverWhenTheSecretChanges() throws Exception {
            Files.writeString(secret("slack/token"), "xoxb-forged");

            tell(story().created());
            await().untilAsserted(() ->
                    assertThat(outcomes(run)).hasAtLeastOneElementOfType(MessageOutcome.MessageRefused.class));
            assertThat(states()).containsExactly("planned");
            assertThat(people().get("/q/metrics").asString())
                    .contains("tiphys_notifier_workspaces_barred 1.0")
                    .doesNotContain("xoxb-forged");

            Files.writeString(secret("slack/token"), RealParts.TOKEN);
            await().untilAsserted(() -> assertThat(slack.cards(channel)).hasSize(1));
        }

        @Test
        void ofTheBlocksLeavesTheText() {
            slack.traffic()
                    .fail(
                            POST,
                            1,
                            new Fault.Refuse(
                                    200,
                                    "{\"ok\":false,\"error\":\"invalid_blocks\"}",
                                    Map.of("Content-Type", "application/json")));

            tell(story().created());

            await().untilAsserted(() -> assertThat(slack.cards(channel)).hasSize(1));
            assertThat(card().current().blocks()).isEmpty();
            assertThat(card().current().text()).isEqualTo("shop-delivery pending");
        }
    }

    @Test
    void withoutAWorkspaceNothingIsSentAndTheLedgerSaysWhy() {
        tell(Story.of(run, new NotifyTarget(channel, "nowhere")).created());

        await().untilAsserted(() -> assertThat(states()).containsExactly("suppressed"));
        assertThat(items().get(0).path("reason").asText()).isEqualTo("there is no SlackWorkspace nowhere");
        await().untilAsserted(() ->
                assertThat(outcomes(run)).hasAtLeastOneElementOfType(MessageOutcome.MessageSuppressed.class));
    }

    @Test
    void aWebhookGetsTheStartTheFailureAndTheEnd() throws Exception {
        Path file = secret("hook/url");
        Files.createDirectories(requireNonNull(file.getParent()));
        Files.writeString(file, slack.webhookUrl(channel).toString());
        define("hook", "{\"webhook\":{\"secretRef\":{\"name\":\"hook\",\"key\":\"url\"}}}");
        Story story = Story.of(run, new NotifyTarget(channel, "hook")).created().started();

        tell(story);
        await().untilAsserted(() -> assertThat(slack.messages(channel)).hasSize(1));
        tellFrom(
                story.facts().size(),
                story.ends("experiment", RunState.FAILED, "no", null).ended(RunState.FAILED, "no"));

        await().untilAsserted(() -> assertThat(slack.messages(channel)).hasSize(3));
        awaitQuiet();
        assertThat(slack.messages(channel)).hasSize(3);
        assertThat(slack.messages(channel)).extracting(SlackMessage::threadTs).allMatch(thread -> thread.isEmpty());
    }

    @Test
    void aNoticeGoesToTheThreadOfItsCardOrToItsOwnChannel() {
        String elsewhere = "#elsewhere-" + run;
        slack.channel(elsewhere);

        notice("here", channel);
        notice("there", elsewhere);
        tell(story().created().started());

        await().untilAsserted(() -> assertThat(slack.cards(elsewhere)).hasSize(1));
        await().untilAsserted(() -> assertThat(slack.replies(card())).hasSize(1));
        assertThat(slack.replies(card()).getFirst().shown()).isEqualTo("say here");
    }

    @Test
    void peoplePageThroughTheLedger() {
        tell(story().testFails());
        await().untilAsserted(() ->
                assertThat(states()).doesNotContain("planned", "sending").hasSizeGreaterThan(5));

        List<String> paged = new ArrayList<>();
        String next = "";
        do {
            JsonNode page = json("/api/notifications?limit=2&run=" + run + (next.isEmpty() ? "" : "&after=" + next));
            page.path("items").forEach(item -> paged.add(item.path("message").asText()));
            next = page.path("next").asText("null");
        } while (!next.equals("null"));

        assertThat(paged).doesNotHaveDuplicates().hasSize(states().size());
        assertThat(json("/api/notifications?state=suppressed&run=" + run).path("items"))
                .allSatisfy(item -> assertThat(item.path("state").asText()).isEqualTo("suppressed"));
        people().get("/api/notifications?limit=0").then().statusCode(400);
        given().get("/api/notifications").then().statusCode(401);
    }

    @Test
    void whatIsOldIsForgottenUnlessItIsStillToBeSaid() throws Exception {
        tell(story().succeeds());
        await().untilAsserted(() -> assertThat(card().shown()).contains("succeeded"));
        awaitQuiet();
        Instant before = Instant.parse("2001-01-01T00:00:00Z");
        sql("UPDATE notifier.run SET changed_at = '2000-01-01' WHERE run = '" + run + "'");

        assertThat(ledger.forget(before)).isOne();

        assertThat(items()).isEmpty();
        assertThat(ledger.forget(before)).isZero();
    }

    private Story story() {
        return Story.of(run, new NotifyTarget(channel, "default"));
    }

    private SlackMessage card() {
        assertThat(slack.cards(channel)).hasSize(1);
        return slack.cards(channel).getFirst();
    }

    private void tell(Story story) {
        tellFrom(0, story);
    }

    private void tellFrom(int first, Story story) {
        List<CloudEvent<RunFact>> facts = story.facts();
        facts.subList(first, facts.size())
                .forEach(fact -> log.append(Topic.RUNS, fact.data().run(), fact)
                        .toCompletableFuture()
                        .join());
    }

    private void notice(String what, String where) {
        NoticeRequested notice = new NoticeRequested(run, "shop-delivery", what, 1, where, "default", "say " + what);
        log.append(
                        Topic.NOTICES,
                        run,
                        new CloudEvent<>(
                                run + "/" + what, "/tiphys/engine", run, Instant.now(), Causality.NONE, notice))
                .toCompletableFuture()
                .join();
    }

    private void append(ProducerRecord<String, byte[]> record) {
        log.append(List.of(record)).toCompletableFuture().join();
    }

    private static String random(int uuids) {
        return Stream.generate(() -> UUID.randomUUID().toString()).limit(uuids).collect(joining());
    }

    private void define(String name, String spec) throws Exception {
        JsonNode document =
                JSON.readTree("{\"apiVersion\":\"tiphys.dev/v1\",\"kind\":\"SlackWorkspace\",\"metadata\":{\"name\":\""
                        + name + "\"},\"spec\":" + spec + "}");
        StoredDefinition stored = new StoredDefinition("SlackWorkspace", "default", name, document);
        log.append(
                        Topic.DEFINITIONS,
                        stored.key().text(),
                        new CloudEvent<>(
                                name + Instant.now(), "/tiphys/gateway", name, Instant.now(), Causality.NONE, stored))
                .toCompletableFuture()
                .join();
        await().until(() ->
                definitions.current().find(SlackWorkspace.class, name).isPresent());
    }

    private static Path secret(String file) {
        return requireNonNull(RealParts.secrets).resolve(file);
    }

    private void sql(String statement) throws Exception {
        try (Connection connection = database.getConnection();
                Statement executed = connection.createStatement()) {
            assertThat(executed.executeUpdate(statement)).isOne();
        }
    }

    private void awaitQuiet() {
        await().during(Duration.ofMillis(700))
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(states()).doesNotContain("planned", "sending"));
    }

    private List<String> states() {
        List<String> states = new ArrayList<>();
        items().forEach(item -> states.add(item.path("state").asText()));
        return states;
    }

    private JsonNode items() {
        return json("/api/notifications?run=" + run).path("items");
    }

    private static JsonNode json(String path) {
        try {
            return JSON.readTree(
                    people().get(path).then().statusCode(200).extract().asString());
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static RequestSpecification people() {
        return given().header("Authorization", "Bearer people");
    }

    private static List<MessageOutcome> outcomes(String run) {
        return read(Topic.DELIVERIES, run, MessageOutcome.class);
    }

    private static <T> List<T> read(Topic topic, String key, Class<T> type) {
        Map<String, Object> settings = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, RealParts.bootstrapServers,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        List<T> found = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(settings)) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic.topicName()).stream()
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList();
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    if (key.equals(record.key())
                            && CloudEventCodec.read(record.headers(), record.value())
                                    instanceof Decoded.Known(CloudEvent<?> event)
                            && type.isInstance(event.data())) {
                        found.add(type.cast(event.data()));
                    }
                }
            }
        }
        return found;
    }
}
