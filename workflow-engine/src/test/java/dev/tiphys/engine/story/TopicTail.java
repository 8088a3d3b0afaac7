package dev.tiphys.engine.story;

import dev.tiphys.contracts.Topic;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.cloudevent.CloudEventCodec;
import dev.tiphys.contracts.cloudevent.Decoded;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** A plain Kafka client that collects what is written to topics. */
final class TopicTail {
    private final List<CloudEvent<?>> seen = new CopyOnWriteArrayList<>();
    private final KafkaConsumer<String, byte[]> consumer;
    private final Thread thread;
    private volatile boolean closed;

    TopicTail(String servers, Topic... topics) {
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", servers, "auto.offset.reset", "earliest", "enable.auto.commit", false),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = List.of(topics).stream()
                .flatMap(topic -> consumer.partitionsFor(topic.topicName()).stream())
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        thread = Thread.ofPlatform().daemon().start(this::read);
    }

    private void read() {
        try {
            while (!closed) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    if (CloudEventCodec.read(record.headers(), record.value()) instanceof Decoded.Known(var event)) {
                        seen.add(event);
                    }
                });
            }
        } catch (WakeupException e) {
            closed = true;
        }
    }

    <T> List<T> of(Class<T> type) {
        return seen.stream()
                .map(CloudEvent::data)
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    List<CloudEvent<?>> all() {
        return List.copyOf(seen);
    }

    void close() throws InterruptedException {
        closed = true;
        consumer.wakeup();
        thread.join();
        consumer.close();
    }
}
