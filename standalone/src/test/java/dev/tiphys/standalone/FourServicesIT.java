package dev.tiphys.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tiphys.sandbox.SandboxCluster;
import dev.tiphys.testkit.EmbeddedBroker;
import dev.tiphys.testkit.EmbeddedDatabase;
import dev.tiphys.testkit.GitHubPush;
import dev.tiphys.testkit.JenkinsResult;
import dev.tiphys.testkit.Promise;
import dev.tiphys.testkit.SlackMessage;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The deployed shape: four processes, each alone, that share a broker and a database and nothing else. They tell the same
 * story, and each may be killed in the middle of it.
 */
@Tag("real")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FourServicesIT {
    private static final Duration A_RUN = Duration.ofSeconds(90);
    private static final Duration TO_STOP = Duration.ofSeconds(5);
    private static final String GATEWAY = "event-gateway";
    private static final String ENGINE = "workflow-engine";
    private static final String SYNCER = "gitops-syncer";
    private static final String NOTIFIER = "notifier";
    private static final Map<String, String> USUAL_PORTS =
            Map.of(GATEWAY, "8081", ENGINE, "8082", SYNCER, "8083", NOTIFIER, "8084");

    @TempDir
    private static Path directory;

    private static EmbeddedBroker broker;
    private static EmbeddedDatabase database;
    private static SandboxCluster cluster;
    private static SampleShop shop;
    private static Map<String, String> environment;
    private static String newest;
    private static final Map<String, RunningService> SERVICES = new LinkedHashMap<>();

    @BeforeAll
    static void start() throws IOException {
        broker = EmbeddedBroker.start(directory.resolve("broker"), 0);
        database = EmbeddedDatabase.start(directory.resolve("database"), 0);
        cluster = SandboxCluster.start(directory.resolve("sandbox"), 0);
        shop = SampleShop.open(directory.resolve("shop"));
        shop.jenkins().job(SampleShop.JOB).runsFor(Duration.ofMillis(300)).result(JenkinsResult.SUCCESS);
        Path token = Files.writeString(directory.resolve("token"), RunningService.TOKEN + "\n");
        environment = Map.ofEntries(
                Map.entry("KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers()),
                Map.entry("TIPHYS_JDBC_URL", database.jdbcUrl("tiphys")),
                Map.entry("TIPHYS_JDBC_USER", database.user()),
                Map.entry("TIPHYS_JDBC_PASSWORD", database.password()),
                Map.entry("TIPHYS_SECRETS_DIR", shop.secrets().toString()),
                Map.entry("TIPHYS_HTTP_TOKEN_FILE", token.toString()),
                Map.entry("TIPHYS_DATA_DIR", directory.resolve("data").toString()),
                Map.entry("TIPHYS_SYNCER_KUBECONFIG", cluster.kubeconfig().toString()),
                Map.entry("TIPHYS_ENGINE_KUBECONFIG", cluster.kubeconfig().toString()),
                // Partitions wait no longer for a process that was killed than they have to.
                Map.entry("MP_MESSAGING_CONNECTOR_SMALLRYE_KAFKA_SESSION_TIMEOUT_MS", "2000"),
                Map.entry("MP_MESSAGING_CONNECTOR_SMALLRYE_KAFKA_HEARTBEAT_INTERVAL_MS", "500"));
        for (String name : List.of(GATEWAY, ENGINE, SYNCER, NOTIFIER)) {
            SERVICES.put(name, RunningService.launch(name, directory, environment));
        }
        SERVICES.values().forEach(RunningService::awaitReady);
    }

    @AfterAll
    static void stop() {
        SERVICES.values().forEach(RunningService::close);
        for (AutoCloseable part : new AutoCloseable[] {shop, cluster, database, broker}) {
            if (part != null) {
                closed(part);
            }
        }
    }

    private static void closed(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @Order(1)
    void eachServiceHasItsHealthItsMetricsAndItsDescription() {
        for (RunningService service : SERVICES.values()) {
            for (String kind : List.of("live", "ready", "started")) {
                assertThat(service.ask("GET", "/q/health/" + kind, null, null).statusCode())
                        .as(service.name() + " " + kind)
                        .isEqualTo(200);
            }
            for (String closed : List.of("/q/metrics", "/q/openapi", "/api/definitions", "/api/runs")) {
                assertThat(service.ask("GET", closed, null, null).statusCode())
                        .as(service.name() + closed)
                        .isEqualTo(401);
            }
            assertThat(service.ask("GET", "/q/metrics", null, RunningService.TOKEN)
                            .body())
                    .as(service.name())
                    .contains("jvm_memory_used_bytes", "http_server_");
            assertThat(service.ask("GET", "/q/openapi", null, RunningService.TOKEN)
                            .body())
                    .as(service.name())
                    .contains("/api/");
        }
    }

    /** One document for all, kept in docs/openapi.yaml: what the services really have, and nothing else. */
    @Test
    @Order(1)
    void theirDescriptionIsTheOneThatIsPublished() throws IOException {
        List<JsonNode> documents = new ArrayList<>();
        for (RunningService service : SERVICES.values()) {
            documents.add(service.get("/q/openapi?format=json"));
        }
        JsonNode merged = Interface.merged(documents);
        for (Interface.Route route : Interface.routes(merged)) {
            JsonNode answers = route.operation().path("responses");
            assertThat(route.operation().path("summary").asText())
                    .as(route.text())
                    .hasSizeGreaterThan(8);
            assertThat(answers.has("401") && answers.has("503"))
                    .as(route.text())
                    .isTrue();
            assertThat(answers.has("404"))
                    .as(route.text())
                    .isEqualTo(route.path().contains("{"));
            assertThat(answers.properties())
                    .as(route.text())
                    .anyMatch(answer -> answer.getKey().startsWith("2"));
        }
        Path real = Path.of(System.getProperty("tiphys.root"), "standalone/target/openapi.yaml");
        Interface.write(merged, real);
        assertThat(Files.readString(Interface.file()))
                .as("docs/openapi.yaml; what the services really say is in " + real)
                .isEqualTo(Files.readString(real));
    }

    @Test
    @Order(1)
    void eachServiceHasAUsualPortOfItsOwn() throws IOException {
        for (Map.Entry<String, String> usual : USUAL_PORTS.entrySet()) {
            Properties settings = new Properties();
            try (var in = Files.newInputStream(Path.of(
                    System.getProperty("tiphys.root"), usual.getKey(), "src/main/resources/application.properties"))) {
                settings.load(in);
            }
            assertThat(settings.getProperty("quarkus.http.port"))
                    .as(usual.getKey())
                    .isEqualTo(usual.getValue());
        }
    }

    @Test
    @Order(1)
    void aServiceWithoutATokenSaysSoInOneLineAndDoesNotStart() throws Exception {
        Map<String, String> without = new HashMap<>(environment);
        without.remove("TIPHYS_HTTP_TOKEN_FILE");
        try (RunningService gateway = RunningService.launch(GATEWAY, directory.resolve("without-token"), without)) {
            assertThat(gateway.awaitEnd()).isEqualTo(1);

            List<String> lines = gateway.printed().lines().toList();
            assertThat(lines)
                    .anySatisfy(line -> assertThat(line)
                            .contains("the HTTP interface needs a bearer token: set TIPHYS_HTTP_TOKEN_FILE"));
            assertThat(lines).noneSatisfy(line -> assertThat(line).startsWith("\tat "));
        }
    }

    @Test
    @Order(2)
    void tellTheStory() throws Exception {
        String definitions = Files.readString(shop.definitions().resolve("shop.yaml"));
        HttpResponse<String> stored =
                service(GATEWAY).ask("PUT", "/api/definitions", definitions, RunningService.TOKEN);
        assertThat(stored.statusCode()).as(stored.body()).isBetween(200, 299);

        String revision = push("story");
        JsonNode run = awaitRun(revision, RunningTiphys::isFinished);

        assertEndedWell(revision, run);
    }

    @ParameterizedTest
    @Order(3)
    @CsvSource({
        "event-gateway, integration-test",
        "workflow-engine, experiment",
        "workflow-engine, integration-test",
        "gitops-syncer, experiment",
        "notifier, integration-test"
    })
    void anyOfThemMayBeKilledInTheMiddleOfARun(String killed, String step) throws Exception {
        shop.jenkins().job(SampleShop.JOB).runUntilFinished();
        RunningService service = service(killed);
        try {
            String revision = push(killed + "-" + step);
            awaitRun(
                    revision,
                    run -> Set.of("running", "waiting")
                            .contains(
                                    RunningTiphys.step(run, step).path("state").asText()));

            service.kill();
            service.startAgain();
            service.awaitReady();
            Awaitility.await()
                    .atMost(A_RUN)
                    .until(() -> shop.jenkins().job(SampleShop.JOB).builds().stream()
                            .anyMatch(build -> build.parameters().containsValue(revision)));
            shop.jenkins().finish();
            JsonNode run = awaitRun(revision, RunningTiphys::isFinished);

            assertEndedWell(revision, run);
        } finally {
            shop.jenkins().job(SampleShop.JOB).runsFor(Duration.ofMillis(300));
        }
    }

    /** Knows the names of the topics and what the published description says of them: CloudEvents, keys, order per key. */
    @Test
    @Order(4)
    void aPlainKafkaClientCanTellTheStoryFromTheTopicsAlone() throws Exception {
        String revision = push("told-by-the-log");
        JsonNode run = awaitRun(revision, RunningTiphys::isFinished);
        Awaitility.await().atMost(A_RUN).untilAsserted(() -> card(revision));
        String id = run.path("id").asText();

        Map<String, List<Told>> log = new HashMap<>();
        Awaitility.await().atMost(A_RUN).untilAsserted(() -> {
            log.clear();
            log.putAll(readAll());
            assertThat(types(log, "tiphys.runs", id)).contains("dev.tiphys.run.finished.v1");
            assertThat(log.get("tiphys.deliveries"))
                    .anyMatch(told -> told.data().toString().contains(id));
        });

        Told push = log.get("tiphys.events").stream()
                .filter(told -> told.data().at("/git/revision").asText().equals(revision))
                .findFirst()
                .orElseThrow();
        assertThat(push.key()).isEqualTo("shop");
        assertThat(log.get("tiphys.definitions")).extracting(Told::key).contains("Pipeline/default/shop-delivery");
        assertThat(types(log, "tiphys.runs", id))
                .startsWith("dev.tiphys.run.created.v1")
                .containsSubsequence(
                        "dev.tiphys.run.started.v1",
                        "dev.tiphys.step.started.v1",
                        "dev.tiphys.step.finished.v1",
                        "dev.tiphys.step.started.v1",
                        "dev.tiphys.step.finished.v1",
                        "dev.tiphys.step.started.v1",
                        "dev.tiphys.step.finished.v1",
                        "dev.tiphys.run.finished.v1")
                .endsWith("dev.tiphys.run.finished.v1");
        List<Told> facts = of(log, "tiphys.runs", id);
        assertThat(facts)
                .extracting(told -> told.data().path("sequence").asLong())
                .isSorted()
                .doesNotHaveDuplicates();
        assertThat(facts)
                .allSatisfy(told ->
                        assertThat(told.headers().get("ce_correlationid")).isNotBlank());
        assertThat(facts.getFirst().headers().get("ce_correlationid"))
                .isEqualTo(push.headers().get("ce_id"));
        for (String application : List.of("shop-experiment", "shop-dev")) {
            assertThat(of(log, "tiphys.sync-commands", application))
                    .anyMatch(told -> told.data().path("revision").asText().equals(revision));
            assertThat(of(log, "tiphys.syncs", application)).anySatisfy(told -> {
                assertThat(told.headers().get("ce_type")).isEqualTo("dev.tiphys.sync.finished.v1");
                assertThat(told.data().path("revision").asText()).isEqualTo(revision);
            });
            assertThat(of(log, "tiphys.applications", application)
                            .getLast()
                            .data()
                            .toString())
                    .contains(revision);
        }
        assertThat(log.getOrDefault("tiphys.dead-letters", List.of())).isEmpty();
        assertIdsAreUnambiguous(log);
        String everything = log.toString();
        for (String secret : List.of(shop.webhookSecret(), "jenkins-token-of-the-sample", "xoxb-token-of-the-sample")) {
            assertThat(everything).doesNotContain(secret);
        }
    }

    @Test
    @Order(5)
    void noneOfThemPrintedASecret() throws IOException {
        for (RunningService service : SERVICES.values()) {
            assertThat(service.printed())
                    .as(service.name())
                    .doesNotContain(
                            shop.webhookSecret(),
                            "jenkins-token-of-the-sample",
                            "xoxb-token-of-the-sample",
                            RunningService.TOKEN,
                            database.password());
        }
    }

    @Test
    @Order(6)
    void theyStopInOrderWithinFiveSeconds() throws Exception {
        for (RunningService service : SERVICES.values()) {
            Promise.within(TO_STOP, () -> {
                runs(service);
                return service.stop();
            });
        }
    }

    @Test
    @Order(7)
    void theyStopWithinFiveSecondsAlsoWhileTheBrokerIsAway() throws Exception {
        Promise.within(TO_STOP, () -> {
            for (RunningService service : SERVICES.values()) {
                service.startAgain();
            }
            SERVICES.values().forEach(RunningService::awaitReady);
            broker.close();
            try {
                Duration longest = Duration.ZERO;
                for (RunningService service : SERVICES.values()) {
                    Duration took = service.stop();
                    longest = longest.compareTo(took) < 0 ? took : longest;
                }
                return longest;
            } finally {
                broker = EmbeddedBroker.start(directory.resolve("broker"), broker.port());
            }
        });
    }

    private static void runs(RunningService service) throws IOException {
        if (!service.handle().isAlive()) {
            service.startAgain();
        }
        service.awaitReady();
    }

    private static RunningService service(String name) {
        return SERVICES.get(name);
    }

    private static String push(String version) throws IOException, InterruptedException {
        String before = newest;
        String revision = shop.repository().commit("Deliver " + version, SampleShop.manifests(version));
        GitHubPush push = before == null
                ? GitHubPush.head(shop.repository(), "main")
                : GitHubPush.branch(shop.repository(), "main", before, revision);
        HttpResponse<String> answer = push.deliver(
                SampleShop.hook(service(GATEWAY).address()),
                shop.webhookSecret(),
                UUID.randomUUID().toString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        newest = revision;
        return revision;
    }

    private static JsonNode awaitRun(String revision, Predicate<JsonNode> wanted) {
        return Awaitility.await("run of " + revision)
                .atMost(A_RUN)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptions()
                .until(
                        () -> service(ENGINE)
                                .get("/api/runs?revision=" + revision)
                                .path("items")
                                .path(0),
                        run -> !run.isMissingNode() && wanted.test(run));
    }

    private static void assertEndedWell(String revision, JsonNode run) {
        assertThat(run.path("state").asText()).as(run.toPrettyString()).isEqualTo("succeeded");
        String id = run.path("id").asText();
        assertThat(shop.jenkins().buildsByRun().entrySet().stream()
                        .filter(build -> build.getKey().startsWith(id))
                        .mapToInt(Map.Entry::getValue)
                        .sum())
                .as("builds of run " + id)
                .isEqualTo(1);
        for (String application : List.of("shop-experiment", "shop-dev")) {
            Awaitility.await().atMost(A_RUN).ignoreExceptions().untilAsserted(() -> {
                JsonNode status = service(SYNCER).get("/api/applications/" + application);
                assertThat(status.path("revision").asText()).isEqualTo(revision);
                assertThat(status.path("sync").asText()).isEqualTo("Synced");
                assertThat(status.path("health").asText()).isEqualTo("Healthy");
            });
        }
        Awaitility.await()
                .atMost(A_RUN)
                .untilAsserted(() -> assertThat(card(revision).shown()).contains("succeeded"));
    }

    private static SlackMessage card(String revision) {
        List<SlackMessage> cards = shop.slack().cards(SampleShop.CHANNEL).stream()
                .filter(card -> card.shown().contains(revision.substring(0, 7)))
                .toList();
        assertThat(cards).as(shop.slack().render(SampleShop.CHANNEL)).hasSize(1);
        return cards.getFirst();
    }

    /** A record as anyone can read it. */
    private record Told(String key, Map<String, String> headers, JsonNode data) {}

    private static List<Told> of(Map<String, List<Told>> log, String topic, String key) {
        return log.getOrDefault(topic, List.of()).stream()
                .filter(told -> key.equals(told.key()))
                .toList();
    }

    private static List<String> types(Map<String, List<Told>> log, String topic, String key) {
        return of(log, topic, key).stream()
                .map(told -> told.headers().get("ce_type"))
                .toList();
    }

    private static void assertIdsAreUnambiguous(Map<String, List<Told>> log) {
        Map<String, String> known = new HashMap<>();
        for (String topic : List.of("tiphys.runs", "tiphys.events", "tiphys.syncs")) {
            for (Told told : log.getOrDefault(topic, List.of())) {
                String id =
                        told.headers().get("ce_source") + " " + told.headers().get("ce_id");
                String what = told.headers().get("ce_type") + " " + told.data();
                String before = known.putIfAbsent(id, what);
                assertThat(before).as(id).isIn(null, what);
            }
        }
    }

    private static Map<String, List<Told>> readAll() throws IOException {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", broker.bootstrapServers(), "isolation.level", "read_committed");
        ObjectMapper json = new ObjectMapper();
        Map<String, List<Told>> log = new HashMap<>();
        try (KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> all = new ArrayList<>();
            consumer.listTopics().forEach((topic, partitions) -> {
                if (topic.startsWith("tiphys.")) {
                    partitions.forEach(partition -> all.add(new TopicPartition(topic, partition.partition())));
                }
            });
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            Set<TopicPartition> unread = new HashSet<>(all);
            while (!unread.isEmpty()) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    if (record.value() != null) {
                        log.computeIfAbsent(record.topic(), _ -> new ArrayList<>())
                                .add(told(record, json));
                    }
                }
                unread.removeIf(partition -> consumer.position(partition) >= ends.get(partition));
            }
        }
        return log;
    }

    private static Told told(ConsumerRecord<String, byte[]> record, ObjectMapper json) throws IOException {
        Map<String, String> headers = new HashMap<>();
        record.headers().forEach(header -> headers.put(header.key(), new String(header.value(), UTF_8)));
        JsonNode value = json.readTree(record.value());
        if (headers.get("content-type").startsWith("application/cloudevents+json")) {
            value.properties().stream()
                    .filter(attribute -> !attribute.getKey().equals("data"))
                    .forEach(attribute -> headers.put(
                            "ce_" + attribute.getKey(), attribute.getValue().asText()));
            value = value.path("data");
        }
        assertThat(headers)
                .as(record.topic())
                .containsKeys("ce_id", "ce_source", "ce_type", "ce_specversion", "ce_time");
        assertThat(headers.get("ce_specversion")).isEqualTo("1.0");
        assertThat(record.key()).as(record.topic()).isNotBlank();
        return new Told(record.key(), headers, value);
    }
}
