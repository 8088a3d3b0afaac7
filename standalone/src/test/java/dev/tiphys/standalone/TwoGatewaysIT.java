package dev.tiphys.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.Topic;
import dev.tiphys.contracts.cloudevent.CloudEventCodec;
import dev.tiphys.contracts.cloudevent.Decoded;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.testkit.EmbeddedDatabase;
import dev.tiphys.testkit.GitHubPush;
import dev.tiphys.testkit.GitServer;
import dev.tiphys.testkit.TestRepository;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two replicas of the gateway before one broker and one database: together they do everything once, and either alone goes on. */
class TwoGatewaysIT {
    private static final String SECRET = "secret of the shop";
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    private BrokerProcess broker;
    private EmbeddedDatabase database;
    private GitServer git;
    private RunningService one;
    private RunningService other;
    private GitHubPush push;

    /** An event on the topic, by its id. */
    private record Written(String id, ExternalEvent event) {}

    @BeforeEach
    void start() throws Exception {
        broker = BrokerProcess.start(directory.resolve("broker"));
        database = EmbeddedDatabase.start(directory.resolve("database"), 0);
        git = GitServer.start(directory.resolve("git"));
        TestRepository shop = git.createRepository("acme/shop");
        shop.commit("First", Map.of("a", "1"));
        shop.commit("Second", Map.of("a", "2"));
        push = GitHubPush.head(shop, "main");
        Path secrets = Files.createDirectories(directory.resolve("secrets/shop-webhook"));
        Files.writeString(secrets.resolve("secret"), SECRET);
        one = RunningService.launch("event-gateway", directory.resolve("one"), environment());
        other = RunningService.launch("event-gateway", directory.resolve("other"), environment());
        one.awaitReady();
        other.awaitReady();
        String definitions = """
                {apiVersion: tiphys.dev/v1, kind: Repository, metadata: {name: shop},
                 spec: {url: "%s", webhook: {secretRef: {name: shop-webhook}}}}
                ---
                {apiVersion: argoproj.io/v1alpha1, kind: EventSource, metadata: {name: clock},
                 spec: {calendar: {tick: {interval: 2s}}}}
                """.formatted(shop.url());
        assertThat(one.ask("PUT", "/api/definitions", definitions, RunningService.TOKEN)
                        .statusCode())
                .isEqualTo(200);
        Awaitility.await("the other one knows the definitions, too")
                .atMost(SOON)
                .until(() -> other.ask("GET", "/api/definitions/Repository/shop", null, RunningService.TOKEN)
                                .statusCode()
                        == 200);
    }

    private Map<String, String> environment() throws Exception {
        Path token = Files.writeString(directory.resolve("token"), RunningService.TOKEN + "\n");
        return Map.of(
                "KAFKA_BOOTSTRAP_SERVERS",
                broker.bootstrapServers(),
                "TIPHYS_JDBC_URL",
                database.jdbcUrl("tiphys"),
                "TIPHYS_JDBC_USER",
                database.user(),
                "TIPHYS_JDBC_PASSWORD",
                database.password(),
                "TIPHYS_SECRETS_DIR",
                directory.resolve("secrets").toString(),
                "TIPHYS_HTTP_TOKEN_FILE",
                token.toString(),
                "TIPHYS_DATA_DIR",
                directory.resolve("data").toString());
    }

    @AfterEach
    void stop() {
        if (other != null) {
            other.close();
        }
        if (one != null) {
            one.close();
        }
        git.close();
        broker.close();
        database.close();
    }

    @Test
    void doEverythingOnceAndEitherAloneGoesOn() throws Exception {
        String id = UUID.randomUUID().toString();
        String event = accepted(one, id);
        awaitInTheLedgerOf(other, id, "accepted");

        assertThat(accepted(other, id)).isEqualTo(event);
        awaitInTheLedgerOf(one, id, "duplicate");
        assertThat(written()).filteredOn(written -> written.id().equals(event)).hasSize(1);

        Awaitility.await("the clock ticks").atMost(SOON).until(() -> ticks().size() >= 3);
        one.kill();
        int before = ticks().size();
        String next = UUID.randomUUID().toString();
        String nextEvent = accepted(other, next);
        assertThat(accepted(other, id)).as("what the killed one took is known").isEqualTo(event);
        Awaitility.await("the clock ticks on").atMost(SOON).until(() -> ticks().size() >= before + 2);

        assertThat(ticks()).doesNotHaveDuplicates();
        assertThat(written()).extracting(Written::id).doesNotHaveDuplicates().contains(event, nextEvent);
        awaitInTheLedgerOf(other, next, "accepted");
    }

    private String accepted(RunningService gateway, String id) throws Exception {
        HttpResponse<String> answer = push.deliver(gateway.address().resolve("/hooks/shop"), SECRET, id);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return Json.mapper().readTree(answer.body()).path("event").textValue();
    }

    private static void awaitInTheLedgerOf(RunningService gateway, String id, String verdict) {
        Awaitility.await(verdict + " in the ledger").atMost(SOON).until(() -> {
            for (JsonNode item :
                    gateway.get("/api/deliveries?endpoint=shop&limit=200").path("items")) {
                if (item.path("delivery").asText().equals(id)
                        && item.path("verdict").asText().equals(verdict)) {
                    return true;
                }
            }
            return false;
        });
    }

    /** {@return the moments of the clock's ticks, as the topic has them} */
    private List<String> ticks() {
        return written().stream()
                .map(Written::event)
                .filter(event -> event.endpoint().equals("clock"))
                .map(event -> event.body().path("eventTime").asText())
                .toList();
    }

    private List<Written> written() {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", broker.bootstrapServers(), "auto.offset.reset", "earliest");
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(Topic.EVENTS.topicName()).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<Written> all = new ArrayList<>();
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    if (CloudEventCodec.read(record.headers(), record.value()) instanceof Decoded.Known(var event)
                            && event.data() instanceof ExternalEvent external) {
                        all.add(new Written(event.id(), external));
                    }
                });
            }
            return all;
        }
    }
}
