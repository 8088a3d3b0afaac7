package dev.tiphys.syncer.line;

import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.Topic;
import dev.tiphys.contracts.audit.DeadLettered;
import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.cloudevent.CloudEventCodec;
import dev.tiphys.contracts.cloudevent.Decoded;
import dev.tiphys.contracts.definition.StoredDefinition;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.contracts.event.GitChange;
import dev.tiphys.contracts.payload.Payload;
import dev.tiphys.contracts.sync.DeployedBy;
import dev.tiphys.contracts.sync.SyncCommand;
import dev.tiphys.contracts.sync.SyncFact;
import dev.tiphys.contracts.sync.SyncFact.SyncFinished;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** The engine's and the gateway's side of the log: writes definitions, commands and pushes, reads the syncer's facts. */
final class Log implements AutoCloseable {
    private final KafkaProducer<String, byte[]> producer;
    private final List<SyncFact> facts = new CopyOnWriteArrayList<>();
    private final List<DeadLettered> deadLetters = new CopyOnWriteArrayList<>();
    private final Set<String> ids = ConcurrentHashMap.newKeySet();
    private final AtomicLong fences = new AtomicLong(1);
    private volatile boolean closed;
    private volatile long definitionsOffset;

    Log(String bootstrapServers) {
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "acks", "all"),
                new StringSerializer(),
                new ByteArraySerializer());
        Thread.ofVirtual().start(() -> read(bootstrapServers));
    }

    private void read(String bootstrapServers) {
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = Stream.of(Topic.SYNCS, Topic.DEAD_LETTERS)
                    .flatMap(topic -> consumer.partitionsFor(topic.topicName()).stream())
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (!closed) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(50))) {
                    if (CloudEventCodec.read(record.headers(), record.value())
                            instanceof Decoded.Known(CloudEvent<?> event)) {
                        take(event);
                    }
                }
            }
        }
    }

    /** What is told twice has the same id and is one fact. */
    private void take(CloudEvent<?> event) {
        if (event.data() instanceof SyncFact fact && ids.add(event.id())) {
            facts.add(fact);
        }
        if (event.data() instanceof DeadLettered letter) {
            deadLetters.add(letter);
        }
    }

    List<DeadLettered> deadLetters(String key) {
        return deadLetters.stream().filter(letter -> key.equals(letter.key())).toList();
    }

    void define(String kind, String name, String json) {
        try {
            StoredDefinition stored =
                    new StoredDefinition(kind, "default", name, Json.mapper().readTree(json));
            write(Topic.DEFINITIONS, stored.key().text(), stored);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    void remove(String kind, String name) {
        send(CloudEventCodec.delete(Topic.DEFINITIONS, kind + "/default/" + name));
    }

    /** A step of a new run asks for a revision. */
    DeployedBy request(String application, String revision, Duration patience) {
        DeployedBy by = new DeployedBy(UUID.randomUUID().toString(), "delivery", "deploy", 1, fences.getAndIncrement());
        request(application, revision, patience, by);
        return by;
    }

    void request(String application, String revision, Duration patience, DeployedBy by) {
        write(
                Topic.SYNC_COMMANDS,
                application,
                new SyncCommand.SyncRequested(
                        application, revision, by, Instant.now().plus(patience)));
    }

    /** The run that asked does not want it any more. */
    void withdraw(String application, DeployedBy by, String reason) {
        write(Topic.SYNC_COMMANDS, application, new SyncCommand.SyncWithdrawn(application, by, reason));
    }

    void push(String repository, String url, String before, String revision, List<String> paths) {
        GitChange change = new GitChange(
                "github",
                repository,
                "acme/" + repository,
                url,
                "refs/heads/main",
                "main",
                null,
                revision,
                before,
                paths,
                "ada",
                "a change",
                null,
                false);
        write(
                Topic.EVENTS,
                repository,
                new ExternalEvent(
                        repository,
                        "push",
                        UUID.randomUUID().toString(),
                        change,
                        Map.of(),
                        Json.mapper().createObjectNode()));
    }

    private void write(Topic topic, String key, Payload payload) {
        Causality causality = new Causality(null, null, null, definitionsOffset);
        CloudEvent<Payload> event =
                new CloudEvent<>(UUID.randomUUID().toString(), "/test", null, Instant.now(), causality, payload);
        send(CloudEventCodec.write(topic, key, event));
    }

    private void send(ProducerRecord<String, byte[]> record) {
        try {
            var written = producer.send(record).get();
            if (record.topic().equals(Topic.DEFINITIONS.topicName())) {
                definitionsOffset = written.offset() + 1;
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    Stream<SyncFact> facts(String application) {
        return facts.stream().filter(fact -> fact.application().equals(application));
    }

    List<SyncFinished> finished(String application) {
        return facts(application)
                .filter(SyncFinished.class::isInstance)
                .map(SyncFinished.class::cast)
                .toList();
    }

    @Override
    public void close() {
        closed = true;
        producer.close(Duration.ofSeconds(1));
    }
}
