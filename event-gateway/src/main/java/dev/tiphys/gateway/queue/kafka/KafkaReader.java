package dev.tiphys.gateway.queue.kafka;

import dev.tiphys.contracts.definition.Queue.Transport.Kafka;
import dev.tiphys.gateway.queue.MessageDesk;
import dev.tiphys.gateway.queue.Outcome;
import dev.tiphys.gateway.queue.Pace;
import dev.tiphys.gateway.queue.QueueWatch;
import dev.tiphys.gateway.queue.Roster;
import dev.tiphys.gateway.queue.Subscription;
import dev.tiphys.platform.secret.SecretMissing;
import dev.tiphys.platform.secret.Secrets;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reads one topic. Records of a partition are handled one after the other, partitions side by side; an offset is committed
 * only when everything below it is settled. While records are under way nothing more is read, and the group still hears of
 * us.
 */
final class KafkaReader implements Roster.Reader {
    private static final Logger log = Logger.getLogger(KafkaReader.class);
    private static final Duration IDLE = Duration.ofSeconds(1);
    private static final Duration BUSY = Duration.ofMillis(20);
    private static final Duration CLOSING = Duration.ofSeconds(1);

    private final Subscription subscription;
    private final Kafka source;
    private final Secrets secrets;
    private final MessageDesk desk;
    private final QueueWatch watch;
    private final Pace retry;
    private final Pace probe;
    private final Clock clock;
    private final ClusterId cluster;
    private final Map<TopicPartition, PartitionRun> runs = new HashMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable KafkaConsumer<byte[], byte[]> active;

    KafkaReader(
            Subscription subscription,
            Kafka source,
            Secrets secrets,
            MessageDesk desk,
            QueueWatch watch,
            Pace retry,
            Pace probe,
            Clock clock) {
        this.subscription = subscription;
        this.source = source;
        this.secrets = secrets;
        this.desk = desk;
        this.watch = watch;
        this.retry = retry;
        this.probe = probe;
        this.clock = clock;
        this.cluster = new ClusterId(source.servers());
        this.thread = Thread.ofVirtual().name("topic-" + subscription.name()).start(this::read);
    }

    private void read() {
        int failures = 0;
        while (!isStopping()) {
            String trouble;
            KafkaConsumer<byte[], byte[]> consumer = null;
            try {
                consumer = open();
                active = consumer;
                if (!consumer.partitionsFor(source.topic()).isEmpty()) {
                    failures = 0;
                    follow(consumer);
                }
                trouble = "there is no topic " + source.topic() + " at " + source.servers() + ": create it, or correct"
                        + " topic";
            } catch (SecretMissing e) {
                trouble = String.valueOf(e.getMessage());
            } catch (RuntimeException e) {
                trouble = trouble(e);
            } finally {
                active = null;
                if (consumer != null) {
                    consumer.close(CloseOptions.timeout(CLOSING));
                }
            }
            if (isStopping() || !recovers(trouble, ++failures)) {
                return;
            }
        }
    }

    private KafkaConsumer<byte[], byte[]> open() throws SecretMissing {
        return new KafkaConsumer<>(KafkaSettings.of(source, secrets), new ByteArrayDeserializer(), cluster);
    }

    private boolean recovers(String trouble, int failures) {
        if (failures == 1) {
            log.warnf("queue %s: %s", subscription.name(), trouble);
        }
        watch.failing(trouble);
        try {
            return !closing.await(retry.after(failures).toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            return false;
        }
    }

    private String trouble(RuntimeException failure) {
        if (failure instanceof AuthenticationException || failure instanceof AuthorizationException) {
            return source.servers() + " refuses the credentials or what they may do: " + failure.getMessage();
        }
        if (failure instanceof KafkaException) {
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            return source.servers() + " cannot be read: " + cause.getMessage();
        }
        log.errorf(failure, "queue %s: reading failed", subscription.name());
        return "it cannot be read: " + failure.getClass().getSimpleName();
    }

    private void follow(KafkaConsumer<byte[], byte[]> consumer) {
        consumer.subscribe(List.of(source.topic()), new Assignment(consumer));
        watch.running();
        try {
            while (!isStopping()) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(runs.isEmpty() ? IDLE : BUSY);
                for (TopicPartition partition : records.partitions()) {
                    begin(partition, records.records(partition));
                }
                commit(consumer, harvest());
                consumer.pause(runs.keySet());
                consumer.resume(consumer.assignment().stream()
                        .filter(partition -> !runs.containsKey(partition))
                        .toList());
            }
        } catch (WakeupException _) {
            // It is to end.
        } finally {
            end(consumer, Set.copyOf(runs.keySet()));
        }
    }

    private void begin(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records) {
        watch.received(records.size());
        runs.put(partition, new PartitionRun("partition-" + partition, records, this::settle));
    }

    /** Takes out what is done; {@return what may be committed} */
    private Map<TopicPartition, OffsetAndMetadata> harvest() {
        Map<TopicPartition, OffsetAndMetadata> done = new HashMap<>();
        runs.forEach((partition, run) -> {
            if (run.isDone()) {
                run.committable().ifPresent(offset -> done.put(partition, new OffsetAndMetadata(offset)));
            }
        });
        runs.values().removeIf(PartitionRun::isDone);
        return done;
    }

    private static void commit(KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, OffsetAndMetadata> offsets) {
        if (!offsets.isEmpty()) {
            consumer.commitSync(offsets);
        }
    }

    private void end(KafkaConsumer<byte[], byte[]> consumer, Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> done = new HashMap<>();
        for (TopicPartition partition : partitions) {
            PartitionRun run = runs.remove(partition);
            if (run != null) {
                run.end();
                watch.givenBack(run.left());
                run.committable().ifPresent(offset -> done.put(partition, new OffsetAndMetadata(offset)));
            }
        }
        try {
            if (!done.isEmpty()) {
                consumer.commitSync(done, CLOSING);
            }
        } catch (KafkaException e) {
            // What is on the log comes again, as a duplicate.
            log.debugf("queue %s: a commit failed: %s", subscription.name(), e.getMessage());
        }
    }

    /** Settles a record; {@return false if the reading ends before} */
    private boolean settle(ConsumerRecord<byte[], byte[]> record) {
        int waits = 0;
        for (int receives = 1; ; ) {
            Outcome outcome = outcome(record, receives);
            try {
                switch (outcome) {
                    case Outcome.Settled(var verdict) -> {
                        watch.settled(verdict);
                        watch.running();
                        return true;
                    }
                    case Outcome.Failed _ -> Thread.sleep(retry.after(receives++));
                    case Outcome.Unparked(var reason) -> {
                        watch.unparked(reason);
                        watch.waiting("a partition waits until a record of it can be parked: " + reason);
                        Thread.sleep(probe.after(++waits));
                    }
                    case Outcome.Away(var reason) -> {
                        watch.waiting("reading stopped until the log takes records again: " + reason);
                        Thread.sleep(probe.after(++waits));
                    }
                }
            } catch (InterruptedException _) {
                return false;
            }
        }
    }

    private Outcome outcome(ConsumerRecord<byte[], byte[]> record, int receives) {
        try {
            return desk.handle(subscription, Records.read(cluster.get(), record, receives, clock.instant()));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Outcome.Away("the reading of the topic ends");
        } catch (RuntimeException e) {
            log.errorf(e, "queue %s: record %s@%d failed", subscription.name(), record.topic(), record.offset());
            return new Outcome.Failed("it cannot be handled: " + e.getClass().getSimpleName());
        }
    }

    /** Partitions come and go. */
    private final class Assignment implements ConsumerRebalanceListener {
        private final KafkaConsumer<byte[], byte[]> consumer;

        Assignment(KafkaConsumer<byte[], byte[]> consumer) {
            this.consumer = consumer;
        }

        /** A beginning is written down at once: else what comes before the first commit would be lost with a crash. */
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            Map<TopicPartition, OffsetAndMetadata> begun = new HashMap<>();
            Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(partitions));
            for (TopicPartition partition : partitions) {
                if (committed.get(partition) == null) {
                    begun.put(partition, new OffsetAndMetadata(consumer.position(partition)));
                }
            }
            commit(consumer, begun);
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            end(consumer, partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            partitions.forEach(partition -> {
                PartitionRun run = runs.remove(partition);
                if (run != null) {
                    run.end();
                    watch.givenBack(run.left());
                }
            });
        }
    }

    private boolean isStopping() {
        return closing.getCount() == 0;
    }

    @Override
    public void close() {
        closing.countDown();
        KafkaConsumer<byte[], byte[]> reading = active;
        if (reading != null) {
            reading.wakeup();
        }
        try {
            thread.join(Duration.ofSeconds(2));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
