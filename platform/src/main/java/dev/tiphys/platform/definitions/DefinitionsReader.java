package dev.tiphys.platform.definitions;

import dev.tiphys.contracts.Topic;
import dev.tiphys.contracts.cloudevent.CloudEventCodec;
import dev.tiphys.contracts.cloudevent.Decoded;
import dev.tiphys.contracts.definition.StoredDefinition;
import io.quarkus.runtime.PreventFurtherStepsException;
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
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
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
    private static final Duration CLOSE_PATIENCE = Duration.ofMillis(500);
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
    private volatile @Nullable Thread reader;

    DefinitionsReader(@ConfigProperty(name = "kafka.bootstrap.servers") String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    void start(@Observes @Priority(BEFORE_CHANNELS) StartupEvent event) throws InterruptedException {
        reader = Thread.ofPlatform().name("definitions").daemon().start(this::follow);
        if (!caughtUp.await(FIRST_READ_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new PreventFurtherStepsException(
                    "the definitions could not be read from " + bootstrapServers + " within "
                            + FIRST_READ_PATIENCE.toSeconds() + " s",
                    1);
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
            // The reader publishes under the same lock, so that nobody hears of two snapshots in the wrong order.
            if (caughtUp.getCount() == 0) {
                listener.accept(snapshot);
            }
        }
    }

    private void follow() {
        while (!stopping) {
            try {
                followOnce();
            } catch (RuntimeException e) {
                log.warnf(e, "the reader of the definitions cannot be opened or closed at the moment");
                pause();
            }
        }
    }

    private void followOnce() {
        KafkaConsumer<String, byte[]> opened = open();
        consumer = opened;
        try {
            opened.assign(List.of(PARTITION));
            opened.seekToBeginning(List.of(PARTITION));
            read(opened);
        } catch (WakeupException e) {
            log.debug("the reader of the definitions was woken to stop");
        } catch (OffsetOutOfRangeException | NoOffsetForPartitionException e) {
            log.warnf("the topic of the definitions was made anew and is read from its beginning: %s", e.getMessage());
        } catch (RuntimeException e) {
            log.warnf(e, "the definitions cannot be read at the moment; their topic is read again");
            pause();
        } finally {
            opened.close(CloseOptions.timeout(CLOSE_PATIENCE));
        }
    }

    /**
     * Reads from the beginning and then follows. What it finds is not shown before it has caught up: a view that is half
     * built looks like one from which definitions were deleted.
     */
    private void read(KafkaConsumer<String, byte[]> opened) {
        DefinitionsSnapshot next = DefinitionsSnapshot.EMPTY;
        long end = opened.endOffsets(List.of(PARTITION)).getOrDefault(PARTITION, 0L);
        while (!stopping) {
            DefinitionsSnapshot.Changes changes = new DefinitionsSnapshot.Changes();
            for (ConsumerRecord<String, byte[]> record : opened.poll(POLL)) {
                collect(record, changes);
            }
            long position = opened.position(PARTITION);
            boolean isFirst = end >= 0 && position >= end;
            if (isFirst || position > next.offset()) {
                next = next.with(position, changes);
            }
            if (isFirst) {
                end = -1;
                log.infof("read %d definitions", next.stored().size());
            }
            if (end < 0) {
                publish(next, isFirst || !changes.isEmpty());
            }
        }
    }

    private static void collect(ConsumerRecord<String, byte[]> record, DefinitionsSnapshot.Changes changes) {
        String key = record.key();
        if (key == null) {
            passOver(record, "it has no key");
            return;
        }
        switch (CloudEventCodec.read(record.headers(), record.value())) {
            case Decoded.Deleted() -> changes.remove(key);
            case Decoded.Known(var event)
            when event.data() instanceof StoredDefinition stored -> collect(record, stored, changes);
            case Decoded.Known(var event) -> passOver(record, "a " + event.type() + " is no definition");
            case Decoded.Unknown unknown -> passOver(record, "the type " + unknown.type() + " is not known here");
            case Decoded.Unreadable(var reason) -> passOver(record, reason);
        }
    }

    private static void collect(
            ConsumerRecord<String, byte[]> record, StoredDefinition stored, DefinitionsSnapshot.Changes changes) {
        try {
            if (stored.key().text().equals(record.key())) {
                changes.put(record.key(), stored);
            } else {
                passOver(
                        record,
                        "its key is not that of its document, " + stored.key().text());
            }
        } catch (RuntimeException e) {
            // One document that nobody foresaw must not keep all others from being read.
            log.errorf(e, "passed over definition %s at offset %d", record.key(), record.offset());
        }
    }

    private static void passOver(ConsumerRecord<String, byte[]> record, String reason) {
        log.warnf("passed over definition %s at offset %d: %s", record.key(), record.offset(), reason);
    }

    private void publish(DefinitionsSnapshot next, boolean isChanged) {
        synchronized (listeners) {
            synchronized (changed) {
                snapshot = next;
                changed.notifyAll();
            }
            if (isChanged) {
                notifyListeners();
            }
            // Last, so that a start that waits for it goes on with listeners that know the first snapshot.
            caughtUp.countDown();
        }
    }

    /** {@return whether the first read is done and the reader goes on} */
    boolean isFollowing() {
        Thread thread = reader;
        return caughtUp.getCount() == 0 && thread != null && thread.isAlive();
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
                "none",
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                500,
                ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                300L,
                ConsumerConfig.RETRY_BACKOFF_MAX_MS_CONFIG,
                300L);
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
            thread.join(Duration.ofSeconds(1));
        }
    }
}
