package dev.tiphys.gateway.ledger.store;

import dev.tiphys.gateway.ledger.LedgerBuffer;
import dev.tiphys.gateway.ledger.LedgerRow;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/** Writes what waits in the buffer, batch after batch, on a thread of its own, for as long as the database takes to come back. */
final class LedgerWriter {
    private static final Logger log = Logger.getLogger(LedgerWriter.class);
    private static final int LARGEST_BATCH = 500;
    private static final Duration LINGER = Duration.ofMillis(50);
    private static final Duration BEAT = Duration.ofSeconds(1);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration BETWEEN_WARNINGS = Duration.ofMinutes(1);
    private static final Duration STOP = Duration.ofMillis(1500);

    private final LedgerBuffer buffer;
    private final DataSource source;
    private final LedgerInsert insert;
    private final InstantSource clock;
    private final AtomicLong unwritable = new AtomicLong();
    private final Thread thread;
    private volatile boolean closed;
    private volatile int inHand;
    private Instant warned = Instant.MIN;
    private Instant toldAt = Instant.MIN;
    private long told;

    LedgerWriter(LedgerBuffer buffer, DataSource source, LedgerInsert insert, InstantSource clock) {
        this.buffer = buffer;
        this.source = source;
        this.insert = insert;
        this.clock = clock;
        this.thread = Thread.ofPlatform().daemon().name("gateway-ledger").start(this::run);
    }

    /** {@return how many deliveries were given up: too many waited, or the database never takes them} */
    long lost() {
        return buffer.dropped() + unwritable.get();
    }

    /** Writes what is there, for a moment at most. */
    void close() throws InterruptedException {
        closed = true;
        buffer.close();
        thread.join(STOP);
        // It may sleep before a database that is away.
        thread.interrupt();
        thread.join(STOP);
        int left = buffer.size() + inHand;
        if (left > 0) {
            log.warnf("%d entries of the delivery ledger were not written before the stop", left);
        }
    }

    private void run() {
        try {
            boolean isDone = false;
            while (!isDone) {
                // Before it looks: what comes in between is found by another look.
                boolean isLast = closed;
                List<LedgerRow> batch = next();
                inHand = batch.size();
                write(batch);
                inHand = 0;
                tell();
                isDone = isLast && batch.isEmpty();
            }
        } catch (InterruptedException _) {
            log.debug("the writer of the ledger was interrupted to stop");
        }
    }

    private List<LedgerRow> next() throws InterruptedException {
        return buffer.take(clock.instant(), LARGEST_BATCH, BEAT, LINGER);
    }

    private void write(List<LedgerRow> batch) throws InterruptedException {
        Duration pause = FIRST_PAUSE;
        while (!batch.isEmpty()) {
            try (Connection connection = source.getConnection()) {
                insert.write(connection, batch, clock.instant());
                return;
            } catch (SQLException e) {
                if (isAboutTheRows(e)) {
                    writeEach(batch, e);
                    return;
                }
                warn(e);
                tell();
                Thread.sleep(pause);
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            } catch (RuntimeException e) {
                writeEach(batch, e);
                return;
            }
        }
    }

    /** One entry that the database never takes does not keep the others out. */
    private void writeEach(List<LedgerRow> batch, Exception failure) throws InterruptedException {
        if (batch.size() > 1) {
            for (LedgerRow row : batch) {
                write(List.of(row));
            }
            return;
        }
        unwritable.incrementAndGet();
        log.errorf(
                failure,
                "an entry of the delivery ledger, %s, can never be written",
                batch.getFirst().id());
    }

    private static boolean isAboutTheRows(SQLException e) {
        String state = e.getSQLState();
        return state != null && (state.startsWith("22") || state.startsWith("23"));
    }

    private void warn(SQLException e) {
        Instant now = clock.instant();
        if (!now.isBefore(warned.plus(BETWEEN_WARNINGS)) || warned.equals(Instant.MIN)) {
            warned = now;
            log.warnf("the delivery ledger waits with %d entries: %s", buffer.size() + inHand, e.getMessage());
        }
    }

    private void tell() {
        long lost = lost();
        Instant now = clock.instant();
        if (lost > told && (toldAt.equals(Instant.MIN) || !now.isBefore(toldAt.plus(BETWEEN_WARNINGS)))) {
            log.warnf("%d deliveries are missing from the ledger: too many waited for its database", lost - told);
            told = lost;
            toldAt = now;
        }
    }
}
