package dev.tiphys.gateway.ledger.log;

import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.Topic;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.cloudevent.CloudEventCodec;
import dev.tiphys.contracts.cloudevent.Decoded;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.gateway.ledger.LedgerEntry.Payload;
import dev.tiphys.gateway.ledger.LedgerEntry.Place;
import dev.tiphys.gateway.ledger.Payloads;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Reads single events, each with a consumer of its own that lives as long as the question; only a few at once. */
@Singleton
final class ConsumedEvents implements Payloads.EventsOnLog {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration STEP = Duration.ofMillis(500);
    private static final int MOST_AT_ONCE = 2;

    private final String bootstrapServers;
    private final Semaphore turns = new Semaphore(MOST_AT_ONCE);

    ConsumedEvents(@ConfigProperty(name = "kafka.bootstrap.servers") String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    @Override
    public Optional<Payloads.OfEvent> read(Place place, String event) {
        try {
            if (!turns.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new Payloads.Unreadable("too many payloads are read at once", null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Payloads.Unreadable("interrupted while waiting for a turn", e);
        }
        try {
            return record(place).flatMap(record -> ofEvent(record, event));
        } catch (KafkaException e) {
            throw new Payloads.Unreadable("the broker did not give the event in time: " + e.getMessage(), e);
        } finally {
            turns.release();
        }
    }

    private Optional<ConsumerRecord<String, byte[]>> record(Place place) {
        TopicPartition partition = new TopicPartition(Topic.EVENTS.topicName(), place.partition());
        try (var consumer = new KafkaConsumer<>(settings(), new StringDeserializer(), new ByteArrayDeserializer())) {
            long first = consumer.beginningOffsets(List.of(partition), PATIENCE).getOrDefault(partition, 0L);
            long end = consumer.endOffsets(List.of(partition), PATIENCE).getOrDefault(partition, 0L);
            if (place.offset() < first || place.offset() >= end) {
                return Optional.empty();
            }
            consumer.assign(List.of(partition));
            consumer.seek(partition, place.offset());
            for (long waited = 0; waited < PATIENCE.toMillis(); waited += STEP.toMillis()) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(STEP)) {
                    return record.offset() == place.offset() ? Optional.of(record) : Optional.empty();
                }
            }
            throw new TimeoutException("nothing came within " + PATIENCE.toSeconds() + " s");
        }
    }

    private Map<String, Object> settings() {
        return Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "none",
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                1,
                ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
                1,
                ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                1,
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                (int) PATIENCE.toMillis(),
                ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                (int) PATIENCE.toMillis());
    }

    private static Optional<Payloads.OfEvent> ofEvent(ConsumerRecord<String, byte[]> record, String id) {
        return CloudEventCodec.read(record.headers(), record.value()) instanceof Decoded.Known(CloudEvent<?> event)
                        && event.id().equals(id)
                        && event.data() instanceof ExternalEvent data
                ? Optional.of(
                        new Payloads.OfEvent(new Payload(data.headers(), Json.bytes(data.body())), data.name() == null))
                : Optional.empty();
    }
}
