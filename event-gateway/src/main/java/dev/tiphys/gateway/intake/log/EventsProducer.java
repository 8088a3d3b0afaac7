package dev.tiphys.gateway.intake.log;

import dev.tiphys.contracts.Topic;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.cloudevent.CloudEventCodec;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.gateway.intake.Arrival.Outgoing;
import dev.tiphys.gateway.intake.Intake;
import dev.tiphys.gateway.intake.Outbox;
import dev.tiphys.gateway.intake.Taken.Position;
import dev.tiphys.gateway.trace.Span;
import dev.tiphys.gateway.trace.Tracing;
import dev.tiphys.platform.log.LogUnavailable;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.MemorySize;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * The producer of events: idempotent, acknowledged by every replica, and never blocking, because event loops call it: where
 * another producer would wait, this one fails at once, and the sender is told to try again.
 */
@Singleton
final class EventsProducer implements Outbox.Publisher {
    private static final Duration CLOSE_PATIENCE = Duration.ofMillis(1_500);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(250);
    private static final int LINGER_MS = 1;
    private static final int REQUEST_TIMEOUT_MS = 4_000;
    private static final Logger log = Logger.getLogger(EventsProducer.class);

    private final KafkaProducer<String, byte[]> producer;
    private final KafkaClientMetrics metrics;
    private final SendMeters sends;
    private final Tracing tracing;
    private volatile boolean closing;

    EventsProducer(
            @ConfigProperty(name = "kafka.bootstrap.servers") String bootstrapServers,
            @ConfigProperty(name = "tiphys.log.delivery-timeout", defaultValue = "8s") Duration deliveryTimeout,
            @ConfigProperty(name = "tiphys.gateway.intake.buffer", defaultValue = "128M") MemorySize buffer,
            MeterRegistry meters,
            Tracing tracing) {
        producer = new KafkaProducer<>(
                settings(bootstrapServers, deliveryTimeout, buffer), new StringSerializer(), new ByteArraySerializer());
        metrics = new KafkaClientMetrics(producer);
        metrics.bindTo(meters);
        sends = new SendMeters(meters);
        this.tracing = tracing;
    }

    private static Map<String, Object> settings(String servers, Duration deliveryTimeout, MemorySize buffer) {
        int delivery = Math.toIntExact(deliveryTimeout.toMillis());
        Map<String, Object> settings = new HashMap<>();
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, servers);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        // lz4 saves most of the broker's work on JSON.
        settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        // A millisecond gathers what arrives together under load; one that comes alone does not notice it.
        settings.put(ProducerConfig.LINGER_MS_CONFIG, LINGER_MS);
        settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 256 * 1024);
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Intake.LARGEST_EVENT);
        settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, buffer.asLongValue());
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 0L);
        // What is known of the topic is kept however long nobody delivers: asking again would block.
        settings.put(
                ProducerConfig.METADATA_MAX_IDLE_CONFIG, Duration.ofDays(365).toMillis());
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, delivery);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.min(REQUEST_TIMEOUT_MS, delivery - LINGER_MS));
        // A broker that comes back is used again within half a second.
        settings.put(ProducerConfig.RECONNECT_BACKOFF_MS_CONFIG, 50L);
        settings.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 150L);
        settings.put(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, 50L);
        settings.put(ProducerConfig.RETRY_BACKOFF_MAX_MS_CONFIG, 150L);
        return settings;
    }

    /** A producer that does not wait knows the topic only once somebody asked. */
    void start(@Observes StartupEvent event) {
        Thread.ofVirtual().name("events-producer").start(this::meetTopic);
    }

    private void meetTopic() {
        boolean said = false;
        while (!closing) {
            try {
                producer.partitionsFor(Topic.EVENTS.topicName());
                return;
            } catch (KafkaException e) {
                if (!said) {
                    log.debugf("the topic of events is not known yet: %s", e.getMessage());
                    said = true;
                }
            }
            try {
                Thread.sleep(BETWEEN_TRIES);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    @Override
    public CompletionStage<List<Position>> apply(List<Outgoing> events) {
        CompletableFuture<List<Position>> all = new CompletableFuture<>();
        AtomicReferenceArray<Position> positions = new AtomicReferenceArray<>(events.size());
        AtomicInteger missing = new AtomicInteger(events.size());
        for (int i = 0; i < events.size() && !all.isDone(); i++) {
            send(events.get(i), i, positions, missing, all);
        }
        return all;
    }

    /** The event names the span that sent it: what follows from the event is below it. */
    private static ProducerRecord<String, byte[]> record(Outgoing outgoing, Span span) {
        String traceparent = span.traceparent();
        CloudEvent<ExternalEvent> event =
                traceparent == null ? outgoing.event() : outgoing.event().below(traceparent);
        byte[] body = outgoing.body();
        return body == null
                ? CloudEventCodec.write(Topic.EVENTS, outgoing.topicKey(), event)
                : CloudEventCodec.write(
                        Topic.EVENTS, outgoing.topicKey(), event, event.data().withBody(body));
    }

    private void send(
            Outgoing outgoing,
            int at,
            AtomicReferenceArray<Position> positions,
            AtomicInteger missing,
            CompletableFuture<List<Position>> all) {
        Span span = SendSpans.begin(tracing, outgoing);
        ProducerRecord<String, byte[]> record = record(outgoing, span);
        long begun = System.nanoTime();
        try {
            var _ = producer.send(record, (metadata, failure) -> {
                sends.sent(System.nanoTime() - begun, failure);
                SendSpans.end(span, metadata, failure);
                if (failure != null) {
                    all.completeExceptionally(failed(failure));
                    return;
                }
                positions.set(at, new Position(metadata.partition(), metadata.offset()));
                if (missing.decrementAndGet() == 0) {
                    all.complete(IntStream.range(0, positions.length())
                            .mapToObj(positions::get)
                            .toList());
                }
            });
        } catch (KafkaException | IllegalStateException e) {
            sends.sent(System.nanoTime() - begun, e);
            SendSpans.end(span, null, e);
            all.completeExceptionally(failed(e));
        }
    }

    private static RuntimeException failed(Exception cause) {
        return cause instanceof RecordTooLargeException
                ? new Intake.TooLarge(cause)
                : new LogUnavailable("the broker did not take an event", cause);
    }

    @PreDestroy
    void close() {
        closing = true;
        metrics.close();
        producer.close(CLOSE_PATIENCE);
    }
}
