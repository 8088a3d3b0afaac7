package dev.tiphys.engine.trigger.kafka;

import dev.tiphys.engine.run.Libraries;
import dev.tiphys.engine.trigger.Arrivals;
import dev.tiphys.engine.trigger.EventLog;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Decides about events whose changed paths nobody told. Repositories are asked beside each other, so that one that does not
 * answer holds up only its own events.
 */
@Singleton
final class Undecided {
    private static final int WITH_CHANNELS = 1100;
    private static final int AT_ONCE = 16;
    private static final Duration SWEEP = Duration.ofSeconds(1);
    /** Longer than asking a repository may take. */
    private static final Duration TAKEN = Duration.ofMinutes(3);

    private static final Logger log = Logger.getLogger(Undecided.class);

    private final EventLog events;
    private final Arrivals arrivals;
    private final Libraries libraries;
    private final Clock clock;
    private final Semaphore woken = new Semaphore(0);
    private final Semaphore places = new Semaphore(AT_ONCE);
    private final ExecutorService asking = Executors.newVirtualThreadPerTaskExecutor();
    private volatile boolean stopping;
    private @Nullable Thread thread;

    Undecided(EventLog events, Arrivals arrivals, Libraries libraries, Clock clock) {
        this.events = events;
        this.arrivals = arrivals;
        this.libraries = libraries;
        this.clock = clock;
    }

    void start(@Observes @Priority(WITH_CHANNELS) StartupEvent event) {
        thread = Thread.ofPlatform().daemon().name("engine-undecided").start(this::run);
    }

    void stop(@Observes ShutdownEvent event) {
        stopping = true;
        asking.shutdownNow();
        Thread sweeper = thread;
        if (sweeper != null) {
            sweeper.interrupt();
        }
    }

    void wake() {
        if (woken.availablePermits() == 0) {
            woken.release();
        }
    }

    private void run() {
        while (!stopping) {
            try {
                var _ = woken.tryAcquire(SWEEP.toMillis(), TimeUnit.MILLISECONDS);
                woken.drainPermits();
                Instant now = clock.instant();
                List<EventLog.Pending> pending = events.take(now, now.plus(TAKEN), AT_ONCE);
                for (EventLog.Pending each : pending) {
                    places.acquire();
                    asking.execute(() -> decide(each));
                }
            } catch (InterruptedException e) {
                log.debug("the sweep of undecided events was woken to stop");
            } catch (RuntimeException e) {
                if (!stopping) {
                    log.warnf("undecided events cannot be taken at the moment: %s", e.getMessage());
                }
            }
        }
    }

    private void decide(EventLog.Pending pending) {
        try {
            arrivals.retry(pending, libraries.now());
        } catch (RuntimeException e) {
            log.warnf(
                    "event %s stays undecided until %s: %s",
                    pending.event().id(), clock.instant().plus(TAKEN), e.getMessage());
        } finally {
            places.release();
        }
    }
}
