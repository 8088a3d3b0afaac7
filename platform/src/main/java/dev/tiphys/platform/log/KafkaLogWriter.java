package dev.tiphys.platform.log;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** One producer for everything that the process writes; a second, transactional one is made when it is first needed. */
@Singleton
final class KafkaLogWriter implements LogWriter {
    /** All of a close, for both producers: what is not written by then is told to its writers as not known. */
    private static final Duration CLOSE_PATIENCE = Duration.ofMillis(1_500);

    /** As large as the topics take it. */
    static final int LARGEST_RECORD = 32 * 1024 * 1024;

    private static final int REQUEST_TIMEOUT_MS = 4_000;
    private static final Logger log = Logger.getLogger(KafkaLogWriter.class);

    private final Map<String, Object> settings;
    private final String transactionalId;
    private final KafkaProducer<String, byte[]> producer;
    private final KafkaClientMetrics metrics;
    private final ExecutorService transactions = Executors.newSingleThreadExecutor(
            Thread.ofVirtual().name("log-transactions").factory());
    private volatile @Nullable KafkaProducer<String, byte[]> transactional;

    KafkaLogWriter(
            @ConfigProperty(name = "kafka.bootstrap.servers") String bootstrapServers,
            @ConfigProperty(name = "tiphys.log.delivery-timeout", defaultValue = "8s") Duration deliveryTimeout,
            @ConfigProperty(name = "quarkus.application.name", defaultValue = "tiphys") String application,
            @ConfigProperty(name = "tiphys.instance", defaultValue = "local") String instance,
            MeterRegistry meters) {
        settings = settings(bootstrapServers, deliveryTimeout);
        transactionalId = "tiphys-" + application + "-" + instance;
        producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
        metrics = new KafkaClientMetrics(producer);
        metrics.bindTo(meters);
    }

    private static Map<String, Object> settings(String bootstrapServers, Duration deliveryTimeout) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        // lz4 saves most of the broker's work on JSON; the batch grows by itself under load, so nobody lingers.
        settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 128 * 1024);
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LARGEST_RECORD);
        settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 64L * 1024 * 1024);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 2_000L);
        int delivery = Math.toIntExact(deliveryTimeout.toMillis());
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, delivery);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.min(REQUEST_TIMEOUT_MS, delivery));
        // A broker that comes back is used again within half a second.
        settings.put(ProducerConfig.RECONNECT_BACKOFF_MS_CONFIG, 50L);
        settings.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 150L);
        settings.put(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, 50L);
        settings.put(ProducerConfig.RETRY_BACKOFF_MAX_MS_CONFIG, 150L);
        return settings;
    }

    @Override
    public CompletionStage<Void> append(List<ProducerRecord<String, byte[]>> records) {
        CompletableFuture<Void> all = new CompletableFuture<>();
        if (records.isEmpty()) {
            all.complete(null);
            return all;
        }
        AtomicInteger missing = new AtomicInteger(records.size());
        for (ProducerRecord<String, byte[]> record : records) {
            // After a failure the rest would come before what failed, and each send may block while the broker is away.
            if (all.isDone()) {
                break;
            }
            send(record, missing, all);
        }
        return all;
    }

    private void send(ProducerRecord<String, byte[]> record, AtomicInteger missing, CompletableFuture<Void> all) {
        try {
            var _ = producer.send(record, (metadata, failure) -> {
                if (failure != null) {
                    all.completeExceptionally(failure(record, failure));
                } else if (missing.decrementAndGet() == 0) {
                    all.complete(null);
                }
            });
        } catch (KafkaException | IllegalStateException e) {
            all.completeExceptionally(failure(record, e));
        }
    }

    @Override
    public CompletionStage<Void> appendAtomically(List<ProducerRecord<String, byte[]>> records) {
        try {
            return CompletableFuture.runAsync(() -> inOneTransaction(records), transactions);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(new LogUnavailable("the service is stopping", e));
        }
    }

    private void inOneTransaction(List<ProducerRecord<String, byte[]>> records) {
        try {
            transact(records);
        } catch (ProducerFencedException | InvalidProducerEpochException | InvalidPidMappingException e) {
            // Another process of this name wrote since, or the broker forgot this one: the transaction is gone whole.
            log.infof("begins a new series of transactions: %s", e.getMessage());
            dropTransactional();
            orUnavailable(records);
        } catch (KafkaException e) {
            dropTransactional();
            throw notTaken(records, e);
        }
    }

    private void orUnavailable(List<ProducerRecord<String, byte[]>> records) {
        try {
            transact(records);
        } catch (KafkaException e) {
            dropTransactional();
            throw notTaken(records, e);
        }
    }

    private void transact(List<ProducerRecord<String, byte[]>> records) {
        KafkaProducer<String, byte[]> writer = transactional;
        if (writer == null) {
            writer = openTransactional();
            transactional = writer;
        }
        writer.beginTransaction();
        for (ProducerRecord<String, byte[]> record : records) {
            // A failed send fails the commit.
            var _ = writer.send(record);
        }
        writer.commitTransaction();
    }

    /** Whatever state the producer is in, the next one begins clean: its first call aborts what this one left open. */
    private void dropTransactional() {
        KafkaProducer<String, byte[]> writer = transactional;
        transactional = null;
        if (writer != null) {
            writer.close(Duration.ZERO);
        }
    }

    private KafkaProducer<String, byte[]> openTransactional() {
        Map<String, Object> own = new HashMap<>(settings);
        // The same at each start: a killed process' open transaction ends with the next one's first, not by its
        // timeout,
        // for which every reader of committed records would have to wait.
        own.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        own.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 10_000);
        KafkaProducer<String, byte[]> opened =
                new KafkaProducer<>(own, new StringSerializer(), new ByteArraySerializer());
        try {
            opened.initTransactions();
        } catch (KafkaException e) {
            opened.close(Duration.ZERO);
            throw e;
        }
        return opened;
    }

    private static RuntimeException notTaken(List<ProducerRecord<String, byte[]>> records, KafkaException cause) {
        for (Throwable part = cause; part != null; part = part.getCause()) {
            if (part instanceof RecordTooLargeException) {
                return new RecordRefused("the broker takes no record as large as one of these", cause);
            }
            if (isForGood(part)) {
                return new RecordRefused("the broker takes none like one of these: " + part.getMessage(), cause);
            }
        }
        return new LogUnavailable("the broker did not take " + records.size() + " records together", cause);
    }

    private static RuntimeException failure(ProducerRecord<String, byte[]> record, Exception cause) {
        if (cause instanceof RecordTooLargeException) {
            return new RecordRefused("the broker takes no record as large as this one for " + record.topic(), cause);
        }
        if (isForGood(cause)) {
            return new RecordRefused(
                    "the broker takes no such record for " + record.topic() + ": " + cause.getMessage(), cause);
        }
        return new LogUnavailable("the broker did not take a record for " + record.topic(), cause);
    }

    /** Refused because of what the record is, whatever the broker's state. */
    private static boolean isForGood(Throwable cause) {
        return cause instanceof RecordBatchTooLargeException
                || cause instanceof InvalidRecordException
                || cause instanceof InvalidTimestampException
                || cause instanceof InvalidTopicException
                || cause instanceof SerializationException;
    }

    @PreDestroy
    void close() throws InterruptedException {
        long end = System.nanoTime() + CLOSE_PATIENCE.toNanos();
        transactions.shutdown();
        if (!transactions.awaitTermination(CLOSE_PATIENCE.toMillis() / 3, TimeUnit.MILLISECONDS)) {
            transactions.shutdownNow();
        }
        dropTransactional();
        metrics.close();
        producer.close(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
    }
}
