package dev.tiphys.platform.definitions;

import dev.tiphys.contracts.Topic;
import dev.tiphys.contracts.cloudevent.CloudEventCodec;
import dev.tiphys.contracts.cloudevent.Decoded;
import dev.tiphys.contracts.definition.StoredDefinition;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code tiphys.definitions} from its beginning at each start and follows it: the topic is compacted and is the only
 * store of definitions. It has one partition, so the consumer's position is a version of all of them.
 */
@Singleton
final class DefinitionsReader implements Definitions {
    /** After the topics are created and before the message channels start, so that those never see an empty view. */
    private static final int BEFORE_CHANNELS = 100;

    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(500);
    private static final Duration FIRST_READ_PATIENCE = Duration.ofSeconds(30);
    private static final TopicPartition PARTITION = new TopicPartition(Topic.DEFINITIONS.topicName(), 0);
    private static final Logger log = Logger.getLogger(DefinitionsReader.class);

    private final String bootstrapServers;
    private final List<Consumer<DefinitionsSnapshot>> listeners = new CopyOnWriteArrayList<>();
    private final CountDownLatch caughtUp = new CountDownLatch(1);
    private final Object changed = new Object();
    private volatile DefinitionsSnapshot snapshot = DefinitionsSnapshot.EMPTY;
    private volatile boolean stopping;
    private volatile @Nullable KafkaConsumer<String, byte[]> consumer;
    private @Nullable Thread reader;

    DefinitionsReader(@ConfigProperty(name = "kafka.bootstrap.servers") String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    void start(@Observes @Priority(BEFORE_CHANNELS) StartupEvent event) throws InterruptedException {
        reader = Thread.ofPlatform().name("definitions").daemon().start(this::follow);
        if (!caughtUp.await(FIRST_READ_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("the definitions could not be read from " + bootstrapServers + " within "
                    + FIRST_READ_PATIENCE.toSeconds() + " s");
        }
    }

    @Override
    public DefinitionsSnapshot current() {
        return snapshot;
    }

    @Override
    public DefinitionsSnapshot atLeast(@Nullable Long offset, Duration patience)
            throws InterruptedException, DefinitionsBehind {
        if (offset == null || snapshot.offset() >= offset) {
            return snapshot;
        }
        long end = System.nanoTime() + patience.toNanos();
        synchronized (changed) {
            while (snapshot.offset() < offset) {
                long left = (end - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    throw new DefinitionsBehind(offset, snapshot.offset());
                }
                changed.wait(left);
            }
        }
        return snapshot;
    }

    @Override
    public void onChange(Consumer<DefinitionsSnapshot> listener) {
        synchronized (listeners) {
            listeners.add(listener);
            if (caughtUp.getCount() == 0) {
                listener.accept(snapshot);
            }
        }
    }

    private void follow() {
        while (!stopping) {
            try (KafkaConsumer<String, byte[]> opened = open()) {
                consumer = opened;
                opened.assign(List.of(PARTITION));
                opened.seek(PARTITION, snapshot.offset());
                read(opened);
            } catch (WakeupException e) {
                log.debug("the reader of the definitions was woken to stop");
            } catch (KafkaException e) {
                log.warnf("the definitions cannot be read at the moment: %s", e.getMessage());
                pause();
            }
        }
    }

    private void read(KafkaConsumer<String, byte[]> opened) {
        while (!stopping) {
            DefinitionsSnapshot next = snapshot;
            boolean any = false;
            for (ConsumerRecord<String, byte[]> record : opened.poll(POLL)) {
                next = apply(next, record);
                any = true;
            }
            long position = opened.position(PARTITION);
            if (any || position > next.offset()) {
                publish(next.at(position));
            }
            if (caughtUp.getCount() > 0
                    && position >= opened.endOffsets(List.of(PARTITION)).getOrDefault(PARTITION, 0L)) {
                log.infof("read %d definitions", snapshot.stored().size());
                synchronized (listeners) {
                    caughtUp.countDown();
                    notifyListeners();
                }
            }
        }
    }

    private static DefinitionsSnapshot apply(DefinitionsSnapshot before, ConsumerRecord<String, byte[]> record) {
        long after = record.offset() + 1;
        return switch (CloudEventCodec.read(record.headers(), record.value())) {
            case Decoded.Deleted _ -> before.without(after, record.key());
            case Decoded.Known(var event)
            when event.data() instanceof StoredDefinition stored -> before.with(after, stored);
            case Decoded.Known(var event) -> skipped(before, record, "a " + event.type() + " is no definition");
            case Decoded.Unknown(var type, var _) -> skipped(before, record, "the type " + type + " is not known here");
            case Decoded.Unreadable(var reason) -> skipped(before, record, reason);
        };
    }

    private static DefinitionsSnapshot skipped(
            DefinitionsSnapshot before, ConsumerRecord<String, byte[]> record, String reason) {
        log.warnf("passed over definition %s at offset %d: %s", record.key(), record.offset(), reason);
        return before.at(record.offset() + 1);
    }

    private void publish(DefinitionsSnapshot next) {
        synchronized (changed) {
            snapshot = next;
            changed.notifyAll();
        }
        if (caughtUp.getCount() == 0) {
            synchronized (listeners) {
                notifyListeners();
            }
        }
    }

    private void notifyListeners() {
        for (Consumer<DefinitionsSnapshot> listener : listeners) {
            try {
                listener.accept(snapshot);
            } catch (RuntimeException e) {
                log.error("a listener of the definitions failed; the others go on", e);
            }
        }
    }

    private KafkaConsumer<String, byte[]> open() {
        Map<String, Object> settings = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                100,
                ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                500L);
        return new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE_AFTER_FAILURE);
        } catch (InterruptedException e) {
            stopping = true;
        }
    }

    @PreDestroy
    void stop() throws InterruptedException {
        stopping = true;
        KafkaConsumer<String, byte[]> open = consumer;
        if (open != null) {
            open.wakeup();
        }
        Thread thread = reader;
        if (thread != null) {
            thread.join(Duration.ofSeconds(2));
        }
    }
}
