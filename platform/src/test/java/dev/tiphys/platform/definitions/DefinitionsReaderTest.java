package dev.tiphys.platform.definitions;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.Topic;
import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.cloudevent.CloudEventCodec;
import dev.tiphys.contracts.definition.Definition;
import dev.tiphys.contracts.definition.Pipeline;
import dev.tiphys.contracts.definition.StoredDefinition;
import dev.tiphys.testkit.EmbeddedBroker;
import dev.tiphys.testkit.Promise;
import io.quarkus.runtime.StartupEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("real")
class DefinitionsReaderTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    private EmbeddedBroker broker;
    private KafkaProducer<String, byte[]> producer;
    private final List<DefinitionsReader> readers = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        broker = EmbeddedBroker.start(directory.resolve("broker"), 0);
        createTopic(Map.of("cleanup.policy", "compact"));
        producer = producer(Map.of());
    }

    @AfterEach
    void stop() throws InterruptedException {
        for (DefinitionsReader reader : readers) {
            reader.stop();
        }
        producer.close(Duration.ZERO);
        broker.close();
    }

    @Test
    void isReadyOnlyWhenItHasReadAll() throws Exception {
        for (int i = 0; i < 2_000; i++) {
            producer.send(stored("shop-" + i % 500, "v" + i));
        }
        producer.flush();
        DefinitionsReader reader = new DefinitionsReader(broker.bootstrapServers());
        readers.add(reader);
        assertThat(new DefinitionsHealth(reader).call().getStatus()).isEqualTo(HealthCheckResponse.Status.DOWN);
        assertThat(reader.current().offset()).isZero();

        reader.start(new StartupEvent());

        assertThat(new DefinitionsHealth(reader).call().getStatus()).isEqualTo(HealthCheckResponse.Status.UP);
        assertThat(reader.current().offset()).isEqualTo(2_000);
        assertThat(reader.current().ofKind(Pipeline.class)).hasSize(500);
        assertThat(channel(reader.current(), "shop-3")).isEqualTo("#v1503");
    }

    @Test
    void followsChangesAndDeletions() throws Exception {
        put("shop", "one");
        DefinitionsReader reader = started();
        assertThat(channel(reader.current(), "shop")).isEqualTo("#one");

        put("shop", "two");
        assertThat(channel(reader.atLeast(2L, PATIENCE), "shop")).isEqualTo("#two");

        send(CloudEventCodec.delete(Topic.DEFINITIONS, "Pipeline/default/shop"));
        assertThat(reader.atLeast(3L, PATIENCE).find(Pipeline.class, "shop")).isEmpty();
        assertThat(reader.current().stored()).isEmpty();
    }

    @Test
    void passesOverWhatItCannotReadAndKeepsTheRest() throws Exception {
        put("before", "x");
        send(new ProducerRecord<>("tiphys.definitions", "Pipeline/default/bad", "no JSON".getBytes(UTF_8)));
        ProducerRecord<String, byte[]> misplaced = stored("named", "x");
        send(new ProducerRecord<>(
                "tiphys.definitions", null, "Pipeline/default/other", misplaced.value(), misplaced.headers()));
        ProducerRecord<String, byte[]> odd = new ProducerRecord<>(
                "tiphys.definitions",
                null,
                "Pipeline/default/odd",
                new String(stored("odd", "x").value(), UTF_8)
                        .replace("\"on\":", "\"on\":[[]],\"off\":")
                        .getBytes(UTF_8),
                misplaced.headers());
        send(odd);
        ProducerRecord<String, byte[]> unknown =
                new ProducerRecord<>("tiphys.definitions", "Pipeline/default/new", "{}".getBytes(UTF_8));
        unknown.headers()
                .add(new RecordHeader("ce_specversion", "1.0".getBytes(UTF_8)))
                .add(new RecordHeader("ce_type", "dev.tiphys.definition.stored.v9".getBytes(UTF_8)))
                .add(new RecordHeader("ce_id", "1".getBytes(UTF_8)));
        send(unknown);
        put("after", "y");

        DefinitionsReader reader = started();

        assertThat(reader.current().offset()).isEqualTo(6);
        assertThat(reader.current().all())
                .extracting(Definition::name)
                .contains("before", "after")
                .doesNotContain("bad", "other", "named", "new");
    }

    @Test
    void waitsForTheVersionThatAnEventNames() throws Exception {
        DefinitionsReader reader = started();
        CompletableFuture<DefinitionsSnapshot> waiting = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                waiting.complete(reader.atLeast(1L, PATIENCE));
            } catch (InterruptedException | DefinitionsBehind e) {
                waiting.completeExceptionally(e);
            }
        });
        put("shop", "one");

        assertThat(channel(waiting.get(10, TimeUnit.SECONDS), "shop")).isEqualTo("#one");
        assertThat(reader.atLeast(null, Duration.ZERO)).isNotNull();
        assertThatThrownBy(() -> reader.atLeast(7L, Duration.ofMillis(50)))
                .isInstanceOf(DefinitionsBehind.class)
                .hasMessage("the definitions are at 1, needed are those at 7");
    }

    @Test
    void showsATransactionAtOnceOrNotAtAll() throws Exception {
        DefinitionsReader reader = started();
        List<Integer> sizes = new CopyOnWriteArrayList<>();
        reader.onChange(snapshot -> sizes.add(snapshot.stored().size()));
        try (KafkaProducer<String, byte[]> transactions = producer(Map.of("transactional.id", "test"))) {
            transactions.initTransactions();
            transactions.beginTransaction();
            transactions.send(stored("never", "x"));
            transactions.flush();
            transactions.abortTransaction();
            transactions.beginTransaction();
            transactions.send(stored("one", "x"));
            transactions.send(stored("two", "x"));
            transactions.commitTransaction();
        }

        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> reader.current().stored().size() == 2);

        assertThat(reader.current().find(Pipeline.class, "never")).isEmpty();
        assertThat(sizes).containsExactly(0, 2);
    }

    @Test
    void tellsListenersEachChangeInOrderAndAFailingOneStopsNobody() throws Exception {
        put("shop", "zero");
        DefinitionsReader reader = new DefinitionsReader(broker.bootstrapServers());
        readers.add(reader);
        List<Long> early = new CopyOnWriteArrayList<>();
        List<Long> late = new CopyOnWriteArrayList<>();
        reader.onChange(_ -> {
            throw new IllegalStateException("a listener that fails");
        });
        reader.onChange(snapshot -> early.add(snapshot.offset()));
        reader.start(new StartupEvent());
        assertThat(early).containsExactly(1L);
        reader.onChange(snapshot -> late.add(snapshot.offset()));
        assertThat(late).containsExactly(1L);

        for (int i = 0; i < 200; i++) {
            producer.send(stored("shop", "v" + i));
        }
        producer.flush();
        Awaitility.await().atMost(PATIENCE).until(() -> reader.current().offset() == 201);
        Awaitility.await().atMost(PATIENCE).until(() -> late.getLast() == 201);

        assertThat(early).isSorted().doesNotHaveDuplicates().isEqualTo(late);
    }

    @Test
    void readsTheNewestOfACompactedTopic() throws Exception {
        // The broker's cleaner usually rests for 15 s.
        alter(ConfigResource.Type.BROKER, "", Map.of("log.cleaner.backoff.ms", "200"));
        alter(
                ConfigResource.Type.TOPIC,
                "tiphys.definitions",
                Map.of(
                        "min.cleanable.dirty.ratio", "0.001",
                        "segment.ms", "1",
                        "delete.retention.ms", "1",
                        "min.compaction.lag.ms", "0"));
        for (int i = 0; i < 20; i++) {
            put("shop", "v" + i);
        }
        put("gone", "x");
        send(CloudEventCodec.delete(Topic.DEFINITIONS, "Pipeline/default/gone"));
        put("last", "x");
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
            put("last", "y");
            return countRecords() < 20;
        });

        DefinitionsReader reader = started();

        assertThat(channel(reader.current(), "shop")).isEqualTo("#v19");
        assertThat(reader.current().all()).extracting(Definition::name).containsExactly("last", "shop");
    }

    @Test
    void keepsItsViewWhileTheBrokerIsAwayAndGoesOnAfterwards() throws Exception {
        put("shop", "one");
        DefinitionsReader reader = started();
        List<Integer> sizes = new CopyOnWriteArrayList<>();
        reader.onChange(snapshot -> sizes.add(snapshot.stored().size()));

        broker.close();
        assertThat(channel(reader.current(), "shop")).isEqualTo("#one");
        assertThat(new DefinitionsHealth(reader).call().getStatus()).isEqualTo(HealthCheckResponse.Status.UP);
        broker = EmbeddedBroker.start(directory.resolve("broker"), broker.port());
        put("shop", "two");

        assertThat(channel(reader.atLeast(2L, PATIENCE), "shop")).isEqualTo("#two");
        assertThat(sizes).containsOnly(1);
    }

    @Test
    void beginsAnewWhenTheTopicWasMadeAnewAndNeverShowsHalfOfIt() throws Exception {
        for (int i = 0; i < 10; i++) {
            put("old-" + i, "x");
        }
        DefinitionsReader reader = started();
        List<Integer> sizes = new CopyOnWriteArrayList<>();
        reader.onChange(snapshot -> sizes.add(snapshot.stored().size()));

        try (Admin admin = admin()) {
            admin.deleteTopics(List.of("tiphys.definitions")).all().get();
        }
        Awaitility.await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            createTopic(Map.of("cleanup.policy", "compact"));
            return true;
        });
        producer.close(Duration.ZERO);
        producer = producer(Map.of());
        put("new", "x");

        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(reader.current().all())
                        .extracting(Definition::name)
                        .containsExactly("new"));
        assertThat(sizes).doesNotContain(2, 3, 4, 5, 6, 7, 8, 9);
    }

    @Test
    void stopsInTimeAlsoWhileTheBrokerIsAway() throws Exception {
        Promise.within(Duration.ofMillis(1_500), () -> {
            DefinitionsReader reader = started();
            broker.close();
            try {
                long begin = System.nanoTime();

                reader.stop();

                return Duration.ofNanos(System.nanoTime() - begin);
            } finally {
                broker = EmbeddedBroker.start(directory.resolve("broker"), broker.port());
            }
        });
    }

    private DefinitionsReader started() throws InterruptedException {
        DefinitionsReader reader = new DefinitionsReader(broker.bootstrapServers());
        readers.add(reader);
        reader.start(new StartupEvent());
        return reader;
    }

    private static String channel(DefinitionsSnapshot snapshot, String pipeline) {
        JsonNode document = snapshot.stored().stream()
                .filter(stored -> stored.name().equals(pipeline))
                .findFirst()
                .orElseThrow()
                .document();
        assertThat(snapshot.find(Pipeline.class, pipeline)).isPresent();
        return document.at("/spec/notify/slack").asText();
    }

    private static ProducerRecord<String, byte[]> stored(String name, String channel) {
        try {
            JsonNode document = Json.mapper().readTree("""
                    {"apiVersion": "tiphys.dev/v1", "kind": "Pipeline", "metadata": {"name": "%s"},
                     "spec": {"on": [{"push": {"repository": "shop"}}], "notify": {"slack": "#%s"},
                              "steps": [{"name": "experiment", "deploy": {"application": "shop"}}]}}
                    """.formatted(name, channel));
            StoredDefinition definition = new StoredDefinition("Pipeline", "default", name, document);
            return CloudEventCodec.write(
                    Topic.DEFINITIONS,
                    definition.key().text(),
                    new CloudEvent<>("id", "/tiphys/test", name, Instant.EPOCH, Causality.NONE, definition));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void put(String name, String channel) throws Exception {
        send(stored(name, channel));
    }

    private void send(ProducerRecord<String, byte[]> record) throws Exception {
        producer.send(record).get(20, TimeUnit.SECONDS);
    }

    private KafkaProducer<String, byte[]> producer(Map<String, Object> more) {
        Map<String, Object> settings = new java.util.HashMap<>(more);
        settings.put("bootstrap.servers", broker.bootstrapServers());
        return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
    }

    private Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    private void createTopic(Map<String, String> configuration) throws Exception {
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic("tiphys.definitions", 1, (short) 1).configs(configuration)))
                    .all()
                    .get();
        }
    }

    private void alter(ConfigResource.Type type, String name, Map<String, String> configuration) throws Exception {
        List<AlterConfigOp> changes = configuration.entrySet().stream()
                .map(entry ->
                        new AlterConfigOp(new ConfigEntry(entry.getKey(), entry.getValue()), AlterConfigOp.OpType.SET))
                .toList();
        try (Admin admin = admin()) {
            admin.incrementalAlterConfigs(Map.of(new ConfigResource(type, name), changes))
                    .all()
                    .get();
        }
    }

    private int countRecords() {
        try (var consumer = new org.apache.kafka.clients.consumer.KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()),
                new org.apache.kafka.common.serialization.StringDeserializer(),
                new org.apache.kafka.common.serialization.ByteArrayDeserializer())) {
            var partition = new org.apache.kafka.common.TopicPartition("tiphys.definitions", 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            int count = 0;
            while (consumer.position(partition) < end) {
                count += consumer.poll(Duration.ofMillis(200)).count();
            }
            return count;
        }
    }
}
