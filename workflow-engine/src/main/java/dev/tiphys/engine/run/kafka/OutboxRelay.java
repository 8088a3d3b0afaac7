package dev.tiphys.engine.run.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.tiphys.contracts.Json;
import dev.tiphys.engine.run.Aftermath;
import dev.tiphys.engine.run.Effect;
import dev.tiphys.engine.run.Run;
import dev.tiphys.platform.log.LogWriter;
import io.agroal.api.AgroalDataSource;
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
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Moves the outbox to the log. One relay of all instances works at a time, under an advisory lock, so that the records of one
 * key keep their order; what is sent is deleted, so that a row whose transaction committed late is not passed over. A crash
 * between the two sends again: readers know a record by its id.
 */
@Singleton
final class OutboxRelay implements Aftermath {
    private static final int WITH_CHANNELS = 1020;
    private static final int BATCH = 500;
    private static final long LOCK = 0x7469_7068_7973_0001L;
    private static final Duration SWEEP = Duration.ofSeconds(2);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(2);
    private static final TypeReference<Map<String, String>> HEADERS = new TypeReference<>() {};
    private static final Logger log = Logger.getLogger(OutboxRelay.class);

    private record Row(long id, ProducerRecord<String, byte[]> record) {}

    private final AgroalDataSource source;
    private final LogWriter writer;
    private final Timer passes;
    private final Semaphore woken = new Semaphore(0);
    private volatile boolean stopping;
    private @Nullable Thread thread;

    OutboxRelay(@DataSource("engine") AgroalDataSource source, LogWriter writer, MeterRegistry registry) {
        this.source = source;
        this.writer = writer;
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
            } catch (SQLException | RuntimeException e) {
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
            } catch (SQLException | RuntimeException e) {
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
        writer.append(rows.stream().map(Row::record).toList())
                .toCompletableFuture()
                .join();
        Object[] ids = rows.stream().map(Row::id).toArray();
        try (PreparedStatement delete =
                connection.prepareStatement("delete from engine.outbox where id = any (?::bigint[])")) {
            delete.setArray(1, connection.createArrayOf("bigint", ids));
            delete.executeUpdate();
        }
        passes.record(Duration.ofNanos(System.nanoTime() - begun));
        return rows.size();
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
                ProducerRecord<String, byte[]> record = new ProducerRecord<>(
                        found.getString(2),
                        found.getString(3),
                        found.getString(5).getBytes(UTF_8));
                headers(found.getString(4))
                        .forEach((name, value) -> record.headers().add(name, value.getBytes(UTF_8)));
                rows.add(new Row(found.getLong(1), record));
            }
        }
        return rows;
    }

    private static Map<String, String> headers(String text) {
        try {
            return Json.mapper().readValue(text, HEADERS);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("stored headers cannot be read", e);
        }
    }
}
