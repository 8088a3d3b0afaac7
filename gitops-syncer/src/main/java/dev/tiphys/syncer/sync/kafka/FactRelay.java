package dev.tiphys.syncer.sync.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

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
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Brings what was decided to the log, in order, until the log has it. */
@Singleton
final class FactRelay {
    private static final Logger log = Logger.getLogger(FactRelay.class);
    private static final int BATCH = 500;

    /** Another process may have written what nobody rang for here. */
    private static final Duration LOOK_ANYWAY = Duration.ofSeconds(1);

    private final Outbox outbox;
    private final Bell bell;
    private final LogWriter writer;
    private final MeterRegistry meters;
    private @Nullable Thread thread;

    FactRelay(Outbox outbox, Bell bell, LogWriter writer, MeterRegistry meters) {
        this.outbox = outbox;
        this.bell = bell;
        this.writer = writer;
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
            meters.counter("tiphys.syncer.outbox.refused").increment();
            log.errorf(
                    e,
                    "a record of %s for %s is given up",
                    outgoing.key(),
                    outgoing.topic().topicName());
        }
    }

    private void append(List<Outgoing> records) {
        try {
            Waiting.forStage(
                    writer.append(records.stream().map(FactRelay::record).toList()));
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
