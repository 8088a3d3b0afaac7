package dev.tiphys.engine.run.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.tiphys.contracts.Json;
import dev.tiphys.engine.run.Aftermath;
import dev.tiphys.engine.run.Effect;
import dev.tiphys.engine.run.Run;
import dev.tiphys.platform.log.DeadLetters;
import dev.tiphys.platform.log.LogWriter;
import dev.tiphys.platform.log.RecordRefused;
import io.agroal.api.AgroalDataSource;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.agroal.DataSource;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Moves the outbox to the log. One relay of all instances works at a time, under an advisory lock, so that the records of one
 * key keep their order; what is sent is deleted, so that a row whose transaction committed late is not passed over. A crash
 * between the two sends again: readers know a record by its id. What the broker never takes becomes a dead letter.
 */
@Singleton
final class OutboxRelay implements Aftermath {
    private static final int WITH_CHANNELS = 1020;
    private static final int BATCH = 500;
    private static final long LOCK = 0x7469_7068_7973_0001L;
    /** What was never written has none; its offset is the row's number. */
    private static final int NO_PARTITION = -1;

    private static final Duration SWEEP = Duration.ofSeconds(2);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(2);
    private static final TypeReference<Map<String, String>> HEADERS = new TypeReference<>() {};
    private static final Logger log = Logger.getLogger(OutboxRelay.class);

    private record Row(long id, String topic, String key, String headers, String value) {
        ProducerRecord<String, byte[]> record() {
            ProducerRecord<String, byte[]> record = new ProducerRecord<>(topic, key, value.getBytes(UTF_8));
            readHeaders(headers).forEach((name, text) -> record.headers().add(name, text.getBytes(UTF_8)));
            return record;
        }
    }

    private final AgroalDataSource source;
    private final LogWriter writer;
    private final DeadLetters deadLetters;
    private final Timer passes;
    private final Counter putAside;
    private final Semaphore woken = new Semaphore(0);
    private volatile boolean stopping;
    private @Nullable Thread thread;

    OutboxRelay(
            @DataSource("engine") AgroalDataSource source,
            LogWriter writer,
            DeadLetters deadLetters,
            MeterRegistry registry) {
        this.source = source;
        this.writer = writer;
        this.deadLetters = deadLetters;
        this.putAside = Counter.builder("tiphys.engine.outbox.refused")
                .description("records that the broker never takes, put aside as dead letters")
                .register(registry);
        this.passes = Timer.builder("tiphys.engine.outbox.pass")
                .description(
                        "from reading a batch of records to their acknowledgement by the broker and their deletion")
                .publishPercentiles(0.5, 0.99)
                .register(registry);
    }

    void start(@Observes @Priority(WITH_CHANNELS) StartupEvent event) {
        thread = Thread.ofPlatform().daemon().name("engine-outbox").start(this::run);
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        stopping = true;
        woken.release();
        Thread relay = thread;
        if (relay != null && !relay.join(STOP_PATIENCE)) {
            relay.interrupt();
        }
    }

    @Override
    public void after(Run.Present run, List<Effect> effects) {
        if (woken.availablePermits() == 0) {
            woken.release();
        }
    }

    private void run() {
        Duration pause = Duration.ZERO;
        while (!stopping) {
            try {
                if (pause.isZero()) {
                    var _ = woken.tryAcquire(SWEEP.toMillis(), TimeUnit.MILLISECONDS);
                    woken.drainPermits();
                } else {
                    Thread.sleep(pause);
                }
                while (pass() == BATCH) {
                    log.debug("the outbox holds more than one batch");
                }
                pause = Duration.ZERO;
            } catch (InterruptedException e) {
                log.debug("the outbox relay was woken to stop");
            } catch (SQLException | RuntimeException | Error e) {
                // Whatever it is, the relay goes on: without it nobody hears of any run.
                Duration grown = pause.isZero() ? Duration.ofMillis(100) : pause.multipliedBy(2);
                pause = grown.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : grown;
                log.warnf("the outbox waits %d ms: %s", pause.toMillis(), e.getMessage());
            }
        }
    }

    private int pass() throws SQLException {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            try {
                int sent = send(connection);
                connection.commit();
                return sent;
            } catch (SQLException | RuntimeException | Error e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        }
    }

    private int send(Connection connection) throws SQLException {
        long begun = System.nanoTime();
        List<Row> rows = read(connection);
        if (rows.isEmpty()) {
            return 0;
        }
        try {
            append(rows);
        } catch (RecordRefused | IllegalStateException e) {
            log.debugf(e, "a batch of %d records is sent one by one", rows.size());
            oneByOne(rows);
        }
        Object[] ids = rows.stream().map(Row::id).toArray();
        try (PreparedStatement delete =
                connection.prepareStatement("delete from engine.outbox where id = any (?::bigint[])")) {
            delete.setArray(1, connection.createArrayOf("bigint", ids));
            delete.executeUpdate();
        }
        passes.record(Duration.ofNanos(System.nanoTime() - begun));
        return rows.size();
    }

    /** @throws RecordRefused if the broker never takes one of them; those before it may be written */
    private void append(List<Row> rows) {
        List<ProducerRecord<String, byte[]>> records =
                rows.stream().map(Row::record).toList();
        try {
            writer.append(records).toCompletableFuture().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** Sends what the broker takes, and puts aside what it never will, so that this stops nothing behind it. */
    private void oneByOne(List<Row> rows) {
        for (Row row : rows) {
            try {
                append(List.of(row));
            } catch (RecordRefused | IllegalStateException e) {
                putAside(row, String.valueOf(e.getMessage()));
            }
        }
    }

    private void putAside(Row row, String reason) {
        ConsumerRecord<String, byte[]> record = new ConsumerRecord<>(
                row.topic(), NO_PARTITION, row.id(), row.key(), row.value().getBytes(UTF_8));
        try {
            row.record().headers().forEach(header -> record.headers().add(header));
        } catch (IllegalStateException e) {
            record.headers().add("headers", row.headers().getBytes(UTF_8));
        }
        deadLetters
                .put(record, "engine", "never taken from the outbox: " + reason, 1)
                .toCompletableFuture()
                .join();
        putAside.increment();
    }

    private static List<Row> read(Connection connection) throws SQLException {
        List<Row> rows = new ArrayList<>();
        // The lock is taken by its own statement: the rows are then read by a snapshot that is younger than the lock.
        try (PreparedStatement lock = connection.prepareStatement("select pg_advisory_xact_lock(?)")) {
            lock.setLong(1, LOCK);
            lock.execute();
        }
        try (PreparedStatement select = connection.prepareStatement(
                        "select id, topic, key, headers, value from engine.outbox order by id limit " + BATCH);
                ResultSet found = select.executeQuery()) {
            while (found.next()) {
                rows.add(new Row(
                        found.getLong(1),
                        found.getString(2),
                        found.getString(3),
                        found.getString(4),
                        found.getString(5)));
            }
        }
        return rows;
    }

    private static Map<String, String> readHeaders(String text) {
        try {
            return Json.mapper().readValue(text, HEADERS);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("stored headers cannot be read", e);
        }
    }
}
