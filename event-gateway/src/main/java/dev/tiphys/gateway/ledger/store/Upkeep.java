package dev.tiphys.gateway.ledger.store;

import dev.tiphys.gateway.ledger.LedgerUnavailable;
import dev.tiphys.gateway.ledger.SecretUse;
import dev.tiphys.gateway.ledger.SecretUses;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** What is done once a minute: the use of secrets is written down, and what is too old is taken out. */
final class Upkeep {
    private static final Logger log = Logger.getLogger(Upkeep.class);
    private static final Duration STOP = Duration.ofSeconds(1);

    private final LedgerRetention retention;
    private final SecretUse use;
    private final SecretUses uses;
    private final InstantSource clock;
    private final Duration every;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    Upkeep(LedgerRetention retention, SecretUse use, SecretUses uses, InstantSource clock, Duration every) {
        this.retention = retention;
        this.use = use;
        this.uses = uses;
        this.clock = clock;
        this.every = every;
        this.thread = Thread.ofVirtual().name("gateway-ledger-upkeep").start(this::run);
    }

    private void run() {
        try {
            while (!closed.await(every.toMillis(), TimeUnit.MILLISECONDS)) {
                writeUses();
                takeOut();
            }
            writeUses();
        } catch (InterruptedException _) {
            log.debug("the upkeep of the ledger was interrupted to stop");
        }
    }

    private void writeUses() {
        List<SecretUse.Known> unwritten = use.unwritten();
        if (unwritten.isEmpty()) {
            return;
        }
        try {
            uses.write(unwritten);
        } catch (LedgerUnavailable e) {
            use.notWritten(unwritten);
            log.warnf("the use of secrets is written later: %s", e.getMessage());
        } catch (RuntimeException e) {
            log.error("the use of secrets could not be written", e);
        }
    }

    private void takeOut() {
        try {
            retention.round(clock.instant());
        } catch (SQLException e) {
            log.warnf("what is too old for the ledger is taken out later: %s", e.getMessage());
        } catch (RuntimeException e) {
            log.error("what is too old for the ledger could not be taken out", e);
        }
    }

    void close() throws InterruptedException {
        closed.countDown();
        if (!thread.join(STOP)) {
            thread.interrupt();
        }
    }
}
