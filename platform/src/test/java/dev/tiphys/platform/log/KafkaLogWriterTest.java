package dev.tiphys.platform.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.tiphys.testkit.EmbeddedBroker;
import dev.tiphys.testkit.Promise;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

@Tag("real")
class KafkaLogWriterTest {
    private static final Duration DELIVERY = Duration.ofSeconds(2);
    private static final Duration PATIENT = Duration.ofSeconds(30);

    @TempDir
    private static Path directory;

    private static EmbeddedBroker broker;

    private KafkaLogWriter writer;
    private String topic;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedBroker.start(directory.resolve("broker"), 0);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void open(TestInfo test) throws Exception {
        topic = test.getTestMethod().orElseThrow().getName();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic, 3, (short) 1))).all().get();
        }
        writer = writer("here", PATIENT);
    }

    @AfterEach
    void close() throws InterruptedException {
        writer.close();
    }

    @Test
    void writesRecordsInTheOrderGiven() {
        List<ProducerRecord<String, byte[]>> records = IntStream.range(0, 1000)
                .mapToObj(i -> record("key-" + i % 7, i))
                .toList();

        done(writer.append(records.subList(0, 500)));
        done(writer.append(records.subList(500, 1000)));

        List<String> read = read("read_uncommitted");
        assertThat(read).hasSize(1000);
        for (int key = 0; key < 7; key++) {
            String prefix = "key-" + key + "=";
            assertThat(read.stream()
                            .filter(text -> text.startsWith(prefix))
                            .map(text -> Integer.valueOf(text.substring(prefix.length()))))
                    .isSorted();
        }
    }

    @Test
    void hasNothingToWaitForWithoutRecords() {
        done(writer.append(List.of()));
    }

    @Test
    void takesADeliveryOfTwentyFiveMebibytesThatDoesNotCompress() throws Exception {
        new TopicSetup(broker.bootstrapServers(), Optional.empty(), Duration.ofSeconds(20)).create(null);
        byte[] value = new byte[25 * 1024 * 1024];
        new Random(1).nextBytes(value);

        done(writer.append(List.of(new ProducerRecord<>("tiphys.events", "shop", value))));
    }

    @Test
    void refusesForGoodWhatNoBrokerTakes() {
        byte[] value = new byte[KafkaLogWriter.LARGEST_RECORD + 1];

        Throwable failure = failure(writer.append(List.of(new ProducerRecord<>(topic, "shop", value))));

        assertThat(failure).isInstanceOf(RecordRefused.class).hasMessageContaining(topic);
    }

    @Test
    void saysThatTheBrokerIsAwayWithinItsTimeout() throws Exception {
        KafkaLogWriter hasty = writer("hasty", DELIVERY);
        await().atMost(PATIENT).until(() -> failure(hasty.append(List.of(record("a", 0)))) == null);
        broker.close();
        try {
            Promise.within(DELIVERY.plusMillis(700), () -> {
                long begin = System.nanoTime();

                Throwable failure = failure(hasty.append(List.of(record("a", 1), record("b", 2), record("c", 3))));

                assertThat(failure).isInstanceOf(LogUnavailable.class);
                return Duration.ofNanos(System.nanoTime() - begin);
            });
        } finally {
            hasty.close();
            broker = EmbeddedBroker.start(directory.resolve("broker"), broker.port());
        }
    }

    @Test
    void goesOnSoonAfterTheBrokerIsBack() throws Exception {
        done(writer.append(List.of(record("a", 0))));
        Promise.within(Duration.ofMillis(600), () -> {
            broker.close();
            var meanwhile = writer.append(List.of(record("a", 1)));
            broker = EmbeddedBroker.start(directory.resolve("broker"), broker.port());
            long back = System.nanoTime();

            failure(meanwhile);
            done(writer.append(List.of(record("a", 2))));

            return Duration.ofNanos(System.nanoTime() - back);
        });
    }

    @Test
    void neverBlocksOncePerRecordWhileTheBrokerIsAway() throws Exception {
        broker.close();
        try {
            Promise.within(Duration.ofSeconds(4), () -> {
                KafkaLogWriter fresh = writer("fresh", DELIVERY);
                try {
                    long begin = System.nanoTime();
                    List<ProducerRecord<String, byte[]>> many =
                            IntStream.range(0, 10).mapToObj(i -> record("k", i)).toList();

                    assertThat(failure(fresh.append(many))).isInstanceOf(LogUnavailable.class);

                    return Duration.ofNanos(System.nanoTime() - begin);
                } finally {
                    fresh.close();
                }
            });
        } finally {
            broker = EmbeddedBroker.start(directory.resolve("broker"), broker.port());
        }
    }

    @Test
    void writesATransactionWholeOrNotAtAll() {
        done(writer.appendAtomically(List.of(record("a", 1), record("b", 2))));
        byte[] tooLarge = new byte[KafkaLogWriter.LARGEST_RECORD + 1];

        Throwable failure = failure(
                writer.appendAtomically(List.of(record("a", 3), new ProducerRecord<>(topic, "large", tooLarge))));
        done(writer.appendAtomically(List.of(record("a", 4))));

        assertThat(failure).isInstanceOf(RecordRefused.class);
        assertThat(read("read_committed")).containsExactlyInAnyOrder("a=1", "b=2", "a=4");
    }

    @Test
    void goesOnWithTransactionsAfterAnotherProcessOfItsNameWroteOne() throws InterruptedException {
        done(writer.appendAtomically(List.of(record("a", 1))));
        KafkaLogWriter twin = writer("here", PATIENT);
        try {
            done(twin.appendAtomically(List.of(record("a", 2))));
            done(writer.appendAtomically(List.of(record("a", 3))));
            done(twin.appendAtomically(List.of(record("a", 4))));
        } finally {
            twin.close();
        }

        assertThat(read("read_committed")).containsExactly("a=1", "a=2", "a=3", "a=4");
    }

    @Test
    void aTransactionFailsWhileTheBrokerIsAwayAndTheNextOneGoesThrough() throws InterruptedException {
        KafkaLogWriter hasty = writer("hasty", DELIVERY.multipliedBy(3));
        try {
            done(hasty.appendAtomically(List.of(record("a", 1))));
            broker.close();

            assertThat(failure(hasty.appendAtomically(List.of(record("a", 2))))).isInstanceOf(LogUnavailable.class);

            broker = EmbeddedBroker.start(directory.resolve("broker"), broker.port());
            done(hasty.appendAtomically(List.of(record("a", 3))));
        } finally {
            hasty.close();
        }
        assertThat(read("read_committed")).containsExactly("a=1", "a=3");
    }

    @Test
    void closesInTimeWhileTheBrokerIsAway() throws Exception {
        Promise.within(Duration.ofMillis(2_500), () -> {
            KafkaLogWriter closing = writer("closing", PATIENT);
            done(closing.append(List.of(record("a", 1))));
            done(closing.appendAtomically(List.of(record("a", 2))));
            broker.close();
            try {
                var unwritten = closing.append(List.of(record("a", 3)));
                long begin = System.nanoTime();

                closing.close();

                Duration took = Duration.ofNanos(System.nanoTime() - begin);
                assertThat(failure(unwritten)).isInstanceOf(LogUnavailable.class);
                assertThat(failure(closing.appendAtomically(List.of()))).isInstanceOf(LogUnavailable.class);
                assertThat(failure(closing.append(List.of(record("a", 4))))).isInstanceOf(LogUnavailable.class);
                return took;
            } finally {
                broker = EmbeddedBroker.start(directory.resolve("broker"), broker.port());
            }
        });
    }

    private static KafkaLogWriter writer(String instance, Duration delivery) {
        return new KafkaLogWriter(broker.bootstrapServers(), delivery, "test", instance, new SimpleMeterRegistry());
    }

    private ProducerRecord<String, byte[]> record(String key, int value) {
        return new ProducerRecord<>(topic, key, Integer.toString(value).getBytes(UTF_8));
    }

    private List<String> read(String isolation) {
        Map<String, Object> settings = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                broker.bootstrapServers(),
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                isolation,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest");
        try (KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> all = IntStream.range(0, 3)
                    .mapToObj(partition -> new TopicPartition(topic, partition))
                    .toList();
            consumer.assign(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            List<String> read = new ArrayList<>();
            while (all.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    read.add(record.key() + "=" + new String(record.value(), UTF_8));
                }
            }
            return read;
        }
    }

    private static void done(CompletionStage<Void> stage) {
        stage.toCompletableFuture().join();
    }

    private static Throwable failure(CompletionStage<Void> stage) {
        Throwable thrown = catchThrowable(() -> stage.toCompletableFuture().join());
        return thrown instanceof CompletionException ? thrown.getCause() : thrown;
    }
}
