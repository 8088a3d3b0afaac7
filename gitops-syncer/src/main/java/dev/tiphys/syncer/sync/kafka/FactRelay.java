package dev.tiphys.syncer.sync.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiphys.platform.log.DeadLetters;
import dev.tiphys.platform.log.LogWriter;
import dev.tiphys.platform.log.RecordRefused;
import dev.tiphys.syncer.sync.Bell;
import dev.tiphys.syncer.sync.Outbox;
import dev.tiphys.syncer.sync.Outbox.Outgoing;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Brings what was decided to the log, in order, until the log has it. What the broker never takes becomes a dead letter. */
@Singleton
final class FactRelay {
    private static final Logger log = Logger.getLogger(FactRelay.class);
    private static final String SERVICE = "gitops-syncer";
    private static final int BATCH = 500;

    /** What was never written has none; its offset is its position in the outbox. */
    private static final int NO_PARTITION = -1;

    /** Another process may have written what nobody rang for here. */
    private static final Duration LOOK_ANYWAY = Duration.ofSeconds(1);

    private final Outbox outbox;
    private final Bell bell;
    private final LogWriter writer;
    private final DeadLetters deadLetters;
    private final MeterRegistry meters;
    private @Nullable Thread thread;

    FactRelay(Outbox outbox, Bell bell, LogWriter writer, DeadLetters deadLetters, MeterRegistry meters) {
        this.outbox = outbox;
        this.bell = bell;
        this.writer = writer;
        this.deadLetters = deadLetters;
        this.meters = meters;
    }

    void start(@Observes StartupEvent event) {
        thread = Thread.ofVirtual().name("syncer-outbox").start(this::relay);
    }

    private void relay() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                bell.await(LOOK_ANYWAY);
                relayOnce();
            }
        } catch (InterruptedException | CancellationException e) {
            log.debug("the outbox stops; what is left goes on after the next start");
        }
    }

    private void relayOnce() throws InterruptedException {
        try {
            Patience.until("the outbox", this::drain);
        } catch (CancellationException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            // Whatever it is, the relay goes on: without it nobody hears of any sync.
            log.error("the outbox could not be relayed and is tried again", e);
        }
    }

    private void drain() {
        while (outbox.relay(BATCH, this::send) == BATCH) {
            log.debugf("relayed %d records", BATCH);
        }
    }

    private void send(List<Outgoing> records) {
        try {
            append(records);
        } catch (RecordRefused e) {
            records.forEach(this::sendAlone);
        }
    }

    /** What the broker will never take holds up nothing behind it. */
    private void sendAlone(Outgoing outgoing) {
        try {
            append(List.of(outgoing));
        } catch (RecordRefused e) {
            putAside(outgoing, String.valueOf(e.getMessage()));
        }
    }

    private void putAside(Outgoing outgoing, String reason) {
        ProducerRecord<String, byte[]> record = record(outgoing);
        ConsumerRecord<String, byte[]> refused =
                new ConsumerRecord<>(record.topic(), NO_PARTITION, outgoing.position(), record.key(), record.value());
        record.headers().forEach(header -> refused.headers().add(header));
        try {
            await(deadLetters.put(refused, SERVICE, "never taken from the outbox: " + reason, 1));
        } catch (RecordRefused e) {
            log.errorf(
                    e,
                    "a record for %s with the key %s is given up without a dead letter",
                    record.topic(),
                    record.key());
        }
        meters.counter("tiphys.syncer.outbox.refused").increment();
    }

    private void append(List<Outgoing> records) {
        await(writer.append(records.stream().map(FactRelay::record).toList()));
    }

    private static void await(CompletionStage<Void> stage) {
        try {
            Waiting.forStage(stage);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while the log was written");
        }
    }

    private static ProducerRecord<String, byte[]> record(Outgoing outgoing) {
        byte[] value = outgoing.value() == null ? null : outgoing.value().getBytes(UTF_8);
        ProducerRecord<String, byte[]> record =
                new ProducerRecord<>(outgoing.topic().topicName(), outgoing.key(), value);
        outgoing.headers().forEach((name, text) -> record.headers().add(name, text.getBytes(UTF_8)));
        return record;
    }

    @PreDestroy
    void stop() throws InterruptedException {
        if (thread != null) {
            thread.interrupt();
            thread.join(Duration.ofSeconds(2));
        }
    }
}
