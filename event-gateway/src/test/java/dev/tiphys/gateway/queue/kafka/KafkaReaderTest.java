package dev.tiphys.gateway.queue.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tiphys.contracts.definition.Queue;
import dev.tiphys.contracts.definition.SecretRef;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.gateway.queue.Pace;
import dev.tiphys.gateway.queue.QueueWatch;
import dev.tiphys.gateway.queue.QueueWatch.State;
import dev.tiphys.gateway.queue.Subscription;
import dev.tiphys.gateway.queue.World;
import dev.tiphys.platform.secret.Secret;
import dev.tiphys.platform.secret.SecretMissing;
import dev.tiphys.platform.secret.Secrets;
import dev.tiphys.testkit.EmbeddedBroker;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Topics are read from a real broker. */
@Tag("real")
class KafkaReaderTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Secrets NO_SECRETS = _ -> Optional.empty();
    private static final AtomicInteger NUMBER = new AtomicInteger();

    @TempDir
    static Path directory;

    private static EmbeddedBroker broker;
    private static Admin admin;
    private static KafkaProducer<byte[], byte[]> producer;

    private final World world = new World();
    private final List<KafkaReader> open = new ArrayList<>();
    private final String topic = "orders-" + NUMBER.incrementAndGet();

    @BeforeAll
    static void start() {
        broker = EmbeddedBroker.start(directory, 0);
        Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrapServers());
        admin = Admin.create(settings);
        producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @AfterAll
    static void stop() {
        producer.close();
        admin.close();
        broker.close();
    }

    @AfterEach
    void end() {
        open.forEach(KafkaReader::close);
    }

    private void create(int partitions) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                .all()
                .get();
    }

    private void send(int partition, String body) throws Exception {
        producer.send(new ProducerRecord<>(topic, partition, "k".getBytes(UTF_8), body.getBytes(UTF_8)))
                .get();
    }

    private QueueWatch read(@Nullable String key, int maxReceives) {
        Queue.Transport.Kafka source = new Queue.Transport.Kafka(
                broker.bootstrapServers(), topic, "group-" + topic, Queue.From.EARLIEST, null);
        Subscription queue = new Subscription("orders", null, source, key, maxReceives, null);
        QueueWatch watch = world.watches.over(queue);
        Pace pace = new Pace(Duration.ofMillis(50), Duration.ofMillis(200));
        open.add(new KafkaReader(queue, source, NO_SECRETS, world.desk, watch, pace, pace, Clock.systemUTC()));
        return watch;
    }

    private long committed(int partition) throws Exception {
        var offset = admin.listConsumerGroupOffsets("group-" + topic)
                .partitionsToOffsetAndMetadata()
                .get()
                .get(new TopicPartition(topic, partition));
        return offset == null ? -1 : offset.offset();
    }

    @Test
    void becomeEventsInTheOrderOfTheirPartition() throws Exception {
        create(2);
        for (int i = 0; i < 50; i++) {
            send(i % 2, "{\"order\": " + i + "}");
        }

        read(null, 3);

        await().atMost(SOON).until(() -> world.log.size() == 50 && committed(0) == 25 && committed(1) == 25);
        Map<String, List<String>> byPartition = world.log.stream()
                .collect(groupingBy(
                        outgoing -> outgoing.topicKey(),
                        mapping(outgoing -> outgoing.event().data().delivery(), toList())));
        String cluster = admin.describeCluster().clusterId().get();
        assertThat(byPartition.get("orders/0"))
                .extracting(id -> id.substring(0, id.lastIndexOf('/')))
                .isEqualTo(IntStream.range(0, 25)
                        .mapToObj(offset -> cluster + "/" + topic + "/0/" + offset)
                        .toList());
        assertThat(byPartition.get("orders/1")).hasSize(25);
        assertThat(world.events().getFirst().attributes())
                .containsEntry("key", "k")
                .containsEntry("topic", topic);
    }

    @Test
    void areCommittedOnlyOnceTheLogHasThem() throws Exception {
        create(1);
        world.away();
        for (int i = 0; i < 10; i++) {
            send(0, "{\"order\": " + i + "}");
        }

        QueueWatch watch = read(null, 1);

        await().atMost(SOON).until(() -> watch.status().state() == State.WAITING);
        assertThat(committed(0)).isZero();

        world.back();

        await().atMost(SOON).until(() -> committed(0) == 10);
        assertThat(world.events()).hasSize(10);
        assertThat(world.lot.list(null, null, 10)).isEmpty();
        await().atMost(SOON).until(() -> watch.status().state() == State.RUNNING);
    }

    @Test
    void areParkedWhenTheyCannotBecomeEventsAndThePartitionGoesOn() throws Exception {
        create(1);
        send(0, "{\"order\": 1}");
        send(0, "poison");
        send(0, "{\"order\": 2}");

        read("${{ message.body.order }}", 2);

        await().atMost(SOON).until(() -> committed(0) == 3);
        assertThat(world.events()).extracting(ExternalEvent::delivery).containsExactly("1", "2");
        assertThat(world.lot.list("orders", null, 10)).singleElement().satisfies(parked -> {
            assertThat(parked.message()).contains("/" + topic + "/0/1/");
            assertThat(parked.receives()).isEqualTo(2);
        });
    }

    @Test
    void waitForTheDatabaseBehindOneThatIsToBeParkedAndSaySo() throws Exception {
        create(1);
        world.lot.away(true);
        send(0, "poison");
        send(0, "{\"order\": 1}");

        QueueWatch watch = read("${{ message.body.order }}", 1);

        await().atMost(SOON).until(() -> watch.status().state() == State.WAITING);
        assertThat(watch.status().reason()).contains("the database is away").doesNotContain("log");
        assertThat(world.log).isEmpty();

        world.lot.away(false);

        await().atMost(SOON).until(() -> committed(0) == 2);
        assertThat(world.events()).extracting(ExternalEvent::delivery).containsExactly("1");
        assertThat(world.lot.list("orders", null, 10)).hasSize(1);
        assertThat(watch.status().reason()).isNull();
    }

    @Test
    void areReadOnByTheNextReaderWithoutALossOrARepetition() throws Exception {
        create(3);
        for (int i = 0; i < 90; i++) {
            send(i % 3, "{\"order\": " + i + "}");
        }
        // Slow, so that the end comes in the middle of a record.
        world.before = events -> {
            try {
                TimeUnit.MILLISECONDS.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw World.unavailable();
            }
            return events;
        };
        read("message.body.order", 3);
        await().atMost(SOON).until(() -> world.log.size() > 10);

        open.removeFirst().close();
        read("message.body.order", 3);

        await().atMost(SOON).until(() -> committed(0) == 30 && committed(1) == 30 && committed(2) == 30);
        assertThat(world.events())
                .extracting(ExternalEvent::delivery)
                .doesNotHaveDuplicates()
                .hasSize(90);
    }

    @Test
    void areReadAsSoonAsTheirTopicIsThere() throws Exception {
        QueueWatch watch = read(null, 3);
        await().atMost(SOON).until(() -> watch.status().state() == State.FAILING);
        assertThat(watch.status().reason()).contains(topic);

        create(1);
        send(0, "1");

        await().atMost(SOON).until(() -> world.log.size() == 1);
        assertThat(watch.status().state()).isEqualTo(State.RUNNING);
    }

    @Test
    void areReadWithTheCredentialsOfTheSecret() throws SecretMissing {
        Map<String, String> values = Map.of("username", "ada", "password", "a\"b\\c", "ca", "PEM");
        Secrets secrets =
                ref -> Optional.ofNullable(values.get(ref.key())).map(value -> new Secret(ref, value.getBytes(UTF_8)));

        Map<String, Object> settings = KafkaSettings.of(
                new Queue.Transport.Kafka(
                        "host:9093",
                        "t",
                        "g",
                        Queue.From.LATEST,
                        new Queue.KafkaSecurity("SASL_SSL", "SCRAM-SHA-512", "kafka")),
                secrets);

        assertThat(settings)
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("sasl.mechanism", "SCRAM-SHA-512")
                .containsEntry("ssl.truststore.type", "PEM")
                .containsEntry("ssl.truststore.certificates", "PEM")
                .containsEntry("auto.offset.reset", "latest");
        assertThat(KafkaSettings.of(
                        new Queue.Transport.Kafka(
                                "host:9093",
                                "t",
                                "g",
                                Queue.From.LATEST,
                                new Queue.KafkaSecurity(
                                        "SASL_SSL",
                                        "PLAIN",
                                        null,
                                        new Queue.KafkaKeys(
                                                new SecretRef("a", "username"), new SecretRef("b", "password"), null))),
                        secrets))
                .containsEntry(
                        "sasl.jaas.config",
                        "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"ada\""
                                + " password=\"a\\\"b\\\\c\";")
                .doesNotContainKey("ssl.truststore.type");
        assertThat(settings.get("sasl.jaas.config"))
                .isEqualTo("org.apache.kafka.common.security.scram.ScramLoginModule required username=\"ada\""
                        + " password=\"a\\\"b\\\\c\";");
    }
}
