package dev.tiphys.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.contracts.Topic;
import dev.tiphys.standalone.Hammer.Sent;
import dev.tiphys.testkit.EmbeddedDatabase;
import dev.tiphys.testkit.GitHubPush;
import dev.tiphys.testkit.GitServer;
import dev.tiphys.testkit.TestRepository;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 of the broker and of the gateway under load: whatever was answered with 2xx is on the topic. */
class GatewayKillIT {
    private static final int KILLS = 6;
    private static final int CONNECTIONS = 16;
    private static final int LATEST_KILL_MILLIS = 1_500;
    private static final String SECRET = "secret of the shop";

    @TempDir
    private Path directory;

    private BrokerProcess broker;
    private EmbeddedDatabase database;
    private GitServer git;
    private RunningService gateway;
    private GitHubPush push;

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
        gateway = RunningService.launch("event-gateway", directory, environment());
        gateway.awaitReady();
        String definition = """
                {apiVersion: tiphys.dev/v1, kind: Repository, metadata: {name: shop},
                 spec: {url: "%s", webhook: {secretRef: {name: shop-webhook}}}}
                """.formatted(shop.url());
        assertThat(gateway.ask("PUT", "/api/definitions", definition, RunningService.TOKEN)
                        .statusCode())
                .isEqualTo(200);
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
        gateway.close();
        broker.close();
        database.close();
        git.close();
    }

    @Test
    void theGatewayKilledUnderLoadLosesNothingThatItAccepted() throws Exception {
        Random random = random();
        List<Sent> ledger;
        try (Hammer hammer = swing()) {
            for (int i = 0; i < KILLS; i++) {
                rest(300 + random.nextInt(LATEST_KILL_MILLIS));
                gateway.kill();
                gateway.startAgain();
                gateway.awaitReady();
            }
            rest(500);
            ledger = hammer.stop();
        }

        assertThat(accepted(ledger)).hasSizeGreaterThan(100);
        assertThat(missing(ledger)).isEmpty();
        assertThat(ledger).extracting(Sent::status).contains(0, 202).isSubsetOf(0, 202, 503);
    }

    @Test
    void theBrokerKilledUnderLoadLosesNothingThatWasAccepted() throws Exception {
        Random random = random();
        List<Sent> ledger;
        try (Hammer hammer = swing()) {
            for (int i = 0; i < KILLS; i++) {
                rest(300 + random.nextInt(LATEST_KILL_MILLIS));
                broker.kill();
                rest(random.nextInt(LATEST_KILL_MILLIS));
                broker.startAgain();
            }
            rest(2_000);
            ledger = hammer.stop();
        }

        assertThat(accepted(ledger)).hasSizeGreaterThan(100);
        assertThat(missing(ledger)).isEmpty();
        // Every sender heard something, and the gateway lived through it all.
        assertThat(ledger).extracting(Sent::status).containsOnly(202, 503);
        assertThat(ledger.getLast().status()).isEqualTo(202);
    }

    private Hammer swing() {
        URI hook = gateway.address().resolve("/hooks/shop");
        return Hammer.swing(push, hook, SECRET, CONNECTIONS);
    }

    private static Random random() {
        long seed = Long.getLong("tiphys.seed", System.nanoTime());
        return new Random(seed);
    }

    private static List<Sent> accepted(List<Sent> ledger) {
        return ledger.stream().filter(sent -> sent.status() == 202).toList();
    }

    /** {@return the events of accepted deliveries that no plain reader of the topic finds} */
    private Set<String> missing(List<Sent> ledger) {
        Set<String> promised = new TreeSet<>();
        accepted(ledger).forEach(sent -> promised.add(String.valueOf(sent.event())));
        promised.removeAll(onTheTopic().keySet());
        return promised;
    }

    private Map<String, Integer> onTheTopic() {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", broker.bootstrapServers(), "auto.offset.reset", "earliest");
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(Topic.EVENTS.topicName()).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .collect(Collectors.toList());
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            Map<String, Integer> times = new HashMap<>();
            while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.get(one))) {
                consumer.poll(Duration.ofMillis(200))
                        .forEach(record -> times.merge(
                                new String(record.headers().lastHeader("ce_id").value(), StandardCharsets.UTF_8),
                                1,
                                Integer::sum));
            }
            return times;
        }
    }

    /** The moment is what is tested, so it is waited for and nothing else. */
    private static void rest(int millis) throws InterruptedException {
        assertThat(new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS)).isFalse();
    }
}
