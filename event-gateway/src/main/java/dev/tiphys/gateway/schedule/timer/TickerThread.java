package dev.tiphys.gateway.schedule.timer;

import dev.tiphys.gateway.schedule.Schedules;
import dev.tiphys.gateway.schedule.Ticker;
import dev.tiphys.platform.definitions.Definitions;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Sleeps until the next tick is due or the definitions change. */
@Singleton
final class TickerThread {
    /** A machine that slept, or a clock that was set, is noticed after this; nothing is asked then but the clock. */
    private static final Duration LONGEST_SLEEP = Duration.ofSeconds(30);

    private static final Duration PAUSE_AFTER_BUG = Duration.ofSeconds(30);
    private static final Duration LAST_PASS = Duration.ofMillis(500);
    private static final Duration INTERRUPTED = Duration.ofSeconds(1);
    private static final Logger log = Logger.getLogger(TickerThread.class);

    private final Ticker ticker;
    private final Definitions definitions;
    private final Clock clock;
    private final Semaphore woken = new Semaphore(0);
    private volatile boolean stopping;
    private @Nullable Thread thread;
    private @Nullable String said;

    TickerThread(Ticker ticker, Definitions definitions, Clock clock) {
        this.ticker = ticker;
        this.definitions = definitions;
        this.clock = clock;
    }

    void start(@Observes StartupEvent event) {
        definitions.onChange(snapshot -> {
            ticker.follow(Schedules.of(snapshot.all(), snapshot.offset()));
            woken.release();
        });
        thread = Thread.ofPlatform().daemon().name("gateway-schedules").start(this::run);
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        stopping = true;
        woken.release();
        Thread running = thread;
        if (running != null && !running.join(LAST_PASS)) {
            running.interrupt();
            running.join(INTERRUPTED);
        }
    }

    private void run() {
        try {
            woken.acquire();
            while (!stopping) {
                woken.drainPermits();
                sleep(pass());
            }
        } catch (InterruptedException e) {
            log.debug("the schedules were interrupted to stop");
        }
    }

    private @Nullable Instant pass() {
        try {
            Ticker.Pass pass = ticker.pass();
            pass.leftOut().forEach(text -> log.warnf("schedule %s", text));
            say(pass.trouble());
            return pass.again();
        } catch (RuntimeException e) {
            log.error("the schedules could not be followed; they are tried again", e);
            return clock.instant().plus(PAUSE_AFTER_BUG);
        }
    }

    /** Says a trouble once, and its end. */
    private void say(@Nullable String trouble) {
        if (trouble != null && said == null) {
            log.warnf("ticks of schedules are late: %s", trouble);
        } else if (trouble == null && said != null) {
            log.info("ticks of schedules are in time again");
        }
        said = trouble;
    }

    private void sleep(@Nullable Instant until) throws InterruptedException {
        boolean early = false;
        while (!early && !stopping && (until == null || clock.instant().isBefore(until))) {
            long millis = until == null
                    ? LONGEST_SLEEP.toMillis()
                    : Math.clamp(Duration.between(clock.instant(), until).toMillis() + 1, 1, LONGEST_SLEEP.toMillis());
            early = woken.tryAcquire(millis, TimeUnit.MILLISECONDS);
        }
    }
}
