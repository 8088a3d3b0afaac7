package dev.tiphys.engine.trigger.kafka;

import dev.tiphys.contracts.event.GitChange;
import dev.tiphys.engine.run.Libraries;
import dev.tiphys.engine.run.Library;
import dev.tiphys.engine.run.RunsUnavailable;
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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Decides about events whose changed paths nobody told. Repositories are asked beside each other, each about one event at a
 * time, so that one that does not answer holds up only its own events.
 */
@Singleton
final class Undecided {
    private static final int WITH_CHANNELS = 1100;
    private static final int AT_ONCE = 32;
    private static final Duration SWEEP = Duration.ofSeconds(1);
    /** Longer than asking a repository may take. */
    private static final Duration TAKEN = Duration.ofMinutes(3);

    private static final Logger log = Logger.getLogger(Undecided.class);

    private final EventLog events;
    private final Arrivals arrivals;
    private final Libraries libraries;
    private final Clock clock;
    private final Semaphore woken = new Semaphore(0);
    private final Set<String> busy = ConcurrentHashMap.newKeySet();
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
                sweep();
            } catch (InterruptedException e) {
                log.debug("the sweep of undecided events was woken to stop");
            } catch (RuntimeException | Error e) {
                if (!stopping) {
                    log.warnf(e, "undecided events cannot be taken at the moment");
                }
            }
        }
    }

    void sweep() {
        Set<String> asked = Set.copyOf(busy);
        int places = AT_ONCE - asked.size();
        if (places <= 0) {
            return;
        }
        Instant now = clock.instant();
        for (EventLog.Pending each : events.take(now, now.plus(TAKEN), places, asked)) {
            String repository = repository(each);
            busy.add(repository);
            asking.execute(() -> decide(each, repository));
        }
    }

    private static String repository(EventLog.Pending pending) {
        GitChange git = pending.event().data().git();
        return git == null ? "" : git.repository();
    }

    private void decide(EventLog.Pending pending, String repository) {
        try {
            retry(pending);
        } catch (RuntimeException | Error e) {
            log.warnf(
                    e,
                    "event %s stays undecided until %s",
                    pending.event().id(),
                    clock.instant().plus(TAKEN));
        } finally {
            busy.remove(repository);
            wake();
        }
    }

    private void retry(EventLog.Pending pending) {
        Library library = libraries.now();
        try {
            arrivals.retry(pending, library);
        } catch (RunsUnavailable e) {
            throw e;
        } catch (RuntimeException | Error e) {
            log.errorf(e, "the decision about event %s broke", pending.event().id());
            arrivals.broke(pending, library, e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }
}
