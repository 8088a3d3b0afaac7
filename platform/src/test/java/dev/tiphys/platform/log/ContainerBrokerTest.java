package dev.tiphys.platform.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.StartupEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.kafka.KafkaContainer;

/** The broker's own image as a second proof beside the embedded broker, where a container engine can get it. */
@Tag("real")
class ContainerBrokerTest {
    private static final String IMAGE = "apache/kafka:4.1.1";

    @Test
    void takesWhatTheEmbeddedOneTakes() throws Exception {
        Assumptions.assumeTrue(
                DockerClientFactory.instance().isDockerAvailable(), "no container engine answers on this machine");
        try (KafkaContainer broker = new KafkaContainer(IMAGE)) {
            try {
                broker.start();
            } catch (ContainerFetchException e) {
                Assumptions.abort("the image " + IMAGE + " cannot be had here: " + e.getMessage());
            }
            new TopicSetup(broker.getBootstrapServers(), Optional.empty(), Duration.ofSeconds(30))
                    .create(new StartupEvent());
            KafkaLogWriter writer = new KafkaLogWriter(
                    broker.getBootstrapServers(), Duration.ofSeconds(8), "test", "here", new SimpleMeterRegistry());
            List<ProducerRecord<String, byte[]>> records = IntStream.range(0, 100)
                    .mapToObj(i -> new ProducerRecord<>(
                            "tiphys.runs", "run", Integer.toString(i).getBytes(UTF_8)))
                    .toList();

            writer.append(records).toCompletableFuture().join();
            writer.close();

            assertThat(read(broker.getBootstrapServers(), 100))
                    .containsExactlyElementsOf(
                            IntStream.range(0, 100).mapToObj(Integer::toString).toList());
        }
    }

    private static List<String> read(String bootstrapServers, int wanted) {
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor("tiphys.runs").stream()
                    .map(each -> new TopicPartition(each.topic(), each.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(new String(record.value(), UTF_8)));
                return values.size() >= wanted;
            });
        }
        return values;
    }
}
