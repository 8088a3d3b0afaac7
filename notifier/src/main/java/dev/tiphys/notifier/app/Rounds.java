package dev.tiphys.notifier.app;

import dev.tiphys.notifier.delivery.Courier;
import dev.tiphys.notifier.delivery.Deliveries;
import dev.tiphys.notifier.delivery.Lane;
import dev.tiphys.notifier.delivery.Ledger;
import dev.tiphys.notifier.delivery.LedgerUnavailable;
import dev.tiphys.notifier.delivery.Reporter;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the courier going: one virtual thread goes round, and each lane that has work gets a thread of its own, so that a
 * slow channel holds up nobody else. It wakes when something is planned and when something is due; a slow beat finds what
 * another process left behind.
 */
@Singleton
final class Rounds {
    private static final Logger log = Logger.getLogger(Rounds.class);
    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration TIDY_EVERY = Duration.ofHours(1);
    private static final Duration STOP = Duration.ofSeconds(3);

    private final Ledger ledger;
    private final Courier courier;
    private final Reporter reporter;
    private final Bell bell;
    private final NotifierConfig config;
    private final Clock clock;

    /** When a lane is to be worked next; {@link Instant#MAX} while a thread works in it. */
    private final Map<Lane, Instant> lanes = new ConcurrentHashMap<>();

    private final AtomicBoolean telling = new AtomicBoolean();
    private volatile boolean stopping;
    private @Nullable Thread round;

    Rounds(Ledger ledger, Courier courier, Reporter reporter, Bell bell, NotifierConfig config, Clock clock) {
        this.ledger = ledger;
        this.courier = courier;
        this.reporter = reporter;
        this.bell = bell;
        this.config = config;
        this.clock = clock;
    }

    void start(@Observes StartupEvent event) {
        round = Thread.ofVirtual().name("notifier-rounds").start(this::go);
    }

    /** Lets what is being sent come to its end; what takes longer is found in the ledger by the next start. */
    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        stopping = true;
        bell.ring();
        Instant latest = clock.instant().plus(STOP);
        while (lanes.containsValue(Instant.MAX) && clock.instant().isBefore(latest)) {
            bell.await(SHORTEST);
        }
        if (round != null) {
            round.interrupt();
        }
    }

    private void go() {
        Instant tidyAt = clock.instant();
        boolean begun = false;
        while (!stopping) {
            try {
                Instant now = clock.instant();
                if (!begun) {
                    ledger.reclaimOwn(now);
                    begun = true;
                }
                ledger.reclaim(now);
                ledger.lanes().forEach(lane -> lanes.putIfAbsent(lane, Instant.MIN));
                lanes.forEach((lane, due) -> begin(lane, due, now));
                tell();
                if (!tidyAt.isAfter(now)) {
                    ledger.forget(now.minus(config.keep()));
                    tidyAt = now.plus(TIDY_EVERY);
                }
                bell.await(untilNext());
            } catch (InterruptedException _) {
                return;
            } catch (LedgerUnavailable e) {
                log.warnf("the notifier waits: %s", e.getMessage());
                pause();
            } catch (RuntimeException | Error e) {
                log.error("a round of the notifier failed; the next one follows", e);
                pause();
            }
        }
    }

    /** Beside the rounds: a broker that is away holds up nothing but the telling. */
    private void tell() {
        if (telling.compareAndSet(false, true)) {
            Thread.ofVirtual().name("notifier-deliveries").start(this::report);
        }
    }

    private void report() {
        try {
            reporter.report();
        } catch (LedgerUnavailable | Deliveries.Unavailable e) {
            log.warnf("outcomes are told later: %s", e.getMessage());
        } catch (RuntimeException | Error e) {
            log.error("outcomes cannot be told; it is tried again", e);
        } finally {
            telling.set(false);
        }
    }

    private void begin(Lane lane, Instant due, Instant now) {
        if (due.isAfter(now) || !lanes.replace(lane, due, Instant.MAX)) {
            return;
        }
        Thread.ofVirtual().name("notifier-lane-" + lane.channel()).start(() -> work(lane));
    }

    private void work(Lane lane) {
        Optional<Instant> next = Optional.of(clock.instant().plus(config.beat()));
        try {
            next = courier.work(lane);
        } catch (LedgerUnavailable e) {
            log.warnf("lane %s waits: %s", lane.channel(), e.getMessage());
        } catch (RuntimeException | Error e) {
            log.errorf(e, "lane %s failed; it is tried again", lane.channel());
        } finally {
            next.ifPresentOrElse(due -> lanes.put(lane, due), () -> lanes.remove(lane));
            bell.ring();
        }
    }

    private Duration untilNext() {
        Instant now = clock.instant();
        Duration wait = config.beat();
        for (Instant due : lanes.values()) {
            if (due.isBefore(now.plus(config.beat()))) {
                Duration until = Duration.between(now, due);
                wait = until.compareTo(wait) < 0 ? until : wait;
            }
        }
        return wait.isNegative() ? Duration.ZERO : wait;
    }

    private void pause() {
        try {
            Thread.sleep(config.beat().dividedBy(5));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
