package dev.tiphys.gateway.app;

import dev.tiphys.gateway.queue.ParkingLot;
import dev.tiphys.gateway.schedule.Marks;
import dev.tiphys.gateway.schedule.ScheduleView;
import dev.tiphys.gateway.schedule.Ticker;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Measures what only the database knows: looked up from time to time, so that no scrape waits for it. While it is away the
 * last that was seen stays.
 */
@Singleton
final class StoredMeters {
    private static final Logger log = Logger.getLogger(StoredMeters.class);

    private final ParkingLot lot;
    private final Ticker ticker;
    private final Clock clock;
    private final Duration every;
    private final MultiGauge parked;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile @Nullable Instant nextTick;
    private boolean said;

    StoredMeters(
            ParkingLot lot,
            Ticker ticker,
            Clock clock,
            MeterRegistry meters,
            @ConfigProperty(name = "tiphys.gateway.metrics.every", defaultValue = "15s") Duration every) {
        this.lot = lot;
        this.ticker = ticker;
        this.clock = clock;
        this.every = every;
        this.parked = MultiGauge.builder("tiphys.gateway.queue.parked")
                .description("Messages that are set aside, on all replicas")
                .register(meters);
        Gauge.builder("tiphys.gateway.schedule.lateness", this, StoredMeters::lateness)
                .description("How long the tick that is due longest is late")
                .baseUnit("seconds")
                .strongReference(true)
                .register(meters);
    }

    void start(@Observes StartupEvent event) {
        Thread.ofVirtual().name("gateway-stored-meters").start(this::run);
    }

    void stop(@Observes ShutdownEvent event) {
        stopped.countDown();
    }

    private void run() {
        try {
            do {
                look();
            } while (!stopped.await(every.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException _) {
            log.debug("the looks at the database were interrupted to stop");
        }
    }

    private void look() {
        try {
            parked.register(
                    lot.counts().entrySet().stream()
                            .map(one -> Row.of(Tags.of("messaging.destination.name", one.getKey()), one.getValue()))
                            .toList(),
                    /* overwrite= */ true);
            nextTick = ticker.views().stream()
                    .map(ScheduleView::nextTick)
                    .filter(Objects::nonNull)
                    .min(Comparator.naturalOrder())
                    .orElse(null);
            said = false;
        } catch (ParkingLot.Unavailable | Marks.MarksUnavailable e) {
            if (!said) {
                log.warnf(e, "parked messages and late ticks are not measured now");
                said = true;
            }
        } catch (RuntimeException e) {
            log.error("what the database knows could not be measured; it is tried again", e);
        }
    }

    /** The next tick of the last look passes while the database is away: then it is late, too. */
    private double lateness() {
        Instant next = nextTick;
        return next == null
                ? 0
                : Math.max(0, Duration.between(next, clock.instant()).toMillis() / 1e3);
    }
}
