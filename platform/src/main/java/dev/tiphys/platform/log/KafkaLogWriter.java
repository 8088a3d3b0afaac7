package dev.tiphys.platform.log;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** One producer for everything that the process writes; a second, transactional one is made when it is first needed. */
@Singleton
final class KafkaLogWriter implements LogWriter {
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(2);

    private final Map<String, Object> settings;
    private final KafkaProducer<String, byte[]> producer;
    private final KafkaClientMetrics metrics;
    private final ExecutorService transactions = Executors.newSingleThreadExecutor(
            Thread.ofVirtual().name("log-transactions").factory());
    private @Nullable KafkaProducer<String, byte[]> transactional;

    KafkaLogWriter(
            @ConfigProperty(name = "kafka.bootstrap.servers") String bootstrapServers,
            @ConfigProperty(name = "tiphys.log.delivery-timeout", defaultValue = "8s") Duration deliveryTimeout,
            MeterRegistry meters) {
        settings = settings(bootstrapServers, deliveryTimeout);
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
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 32 * 1024 * 1024);
        settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 64L * 1024 * 1024);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 2_000L);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 4_000);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Math.toIntExact(deliveryTimeout.toMillis()));
        settings.put(ProducerConfig.RECONNECT_BACKOFF_MS_CONFIG, 50L);
        settings.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500L);
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
            try {
                var _ = producer.send(record, (metadata, failure) -> {
                    if (failure != null) {
                        all.completeExceptionally(unavailable(record, failure));
                    } else if (missing.decrementAndGet() == 0) {
                        all.complete(null);
                    }
                });
            } catch (KafkaException | IllegalStateException e) {
                all.completeExceptionally(unavailable(record, e));
                break;
            }
        }
        return all;
    }

    @Override
    public CompletionStage<Void> appendAtomically(List<ProducerRecord<String, byte[]>> records) {
        return CompletableFuture.runAsync(() -> inOneTransaction(records), transactions);
    }

    private void inOneTransaction(List<ProducerRecord<String, byte[]>> records) {
        KafkaProducer<String, byte[]> writer = transactional;
        try {
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
        } catch (KafkaException e) {
            // Whatever state the producer is in, a new one begins clean; the broker aborts what was open.
            if (writer != null) {
                writer.close(Duration.ZERO);
            }
            transactional = null;
            throw new LogUnavailable("the broker did not take " + records.size() + " records together", e);
        }
    }

    private KafkaProducer<String, byte[]> openTransactional() {
        Map<String, Object> own = new HashMap<>(settings);
        // Nobody else ever continues this process's transactions, so the id only has to be unique.
        own.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "tiphys-" + UUID.randomUUID());
        own.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 10_000);
        KafkaProducer<String, byte[]> opened =
                new KafkaProducer<>(own, new StringSerializer(), new ByteArraySerializer());
        opened.initTransactions();
        return opened;
    }

    private static LogUnavailable unavailable(ProducerRecord<String, byte[]> record, Exception cause) {
        return new LogUnavailable("the broker did not take a record for " + record.topic(), cause);
    }

    @PreDestroy
    void close() throws InterruptedException {
        transactions.shutdown();
        if (!transactions.awaitTermination(CLOSE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            transactions.shutdownNow();
        }
        KafkaProducer<String, byte[]> writer = transactional;
        if (writer != null) {
            writer.close(CLOSE_PATIENCE);
        }
        metrics.close();
        producer.close(CLOSE_PATIENCE);
    }
}
