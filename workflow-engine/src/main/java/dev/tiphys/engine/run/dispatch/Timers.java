package dev.tiphys.engine.run.dispatch;

import dev.tiphys.engine.run.Aftermath;
import dev.tiphys.engine.run.DueTimers;
import dev.tiphys.engine.run.Effect;
import dev.tiphys.engine.run.Run;
import dev.tiphys.engine.run.RunInput;
import dev.tiphys.engine.run.Runs;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Hands timers to their runs when they are due. Those that were set here are waited for in process; a slow sweep finds those
 * that are due later and those of instances that are gone.
 */
@Singleton
final class Timers implements Aftermath {
    private static final int WITH_CHANNELS = 1100;
    private static final Duration SWEEP = Duration.ofSeconds(5);
    /** Further ahead nothing is held in memory. */
    private static final Duration HORIZON = Duration.ofSeconds(15);
    /** Another instance may have set it and is given the first chance. */
    private static final Duration COURTESY = Duration.ofMillis(300);

    private static final Logger log = Logger.getLogger(Timers.class);

    private record Key(String run, String key) {}

    private final DueTimers store;
    private final Runs runs;
    private final Clock clock;
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("engine-timers").factory());
    private final Map<Key, Future<?>> waiting = new ConcurrentHashMap<>();

    Timers(DueTimers store, Runs runs, Clock clock) {
        this.store = store;
        this.runs = runs;
        this.clock = clock;
    }

    void start(@Observes @Priority(WITH_CHANNELS) StartupEvent event) {
        var _ = scheduler.scheduleWithFixedDelay(this::sweep, 0, SWEEP.toMillis(), TimeUnit.MILLISECONDS);
    }

    void stop(@Observes ShutdownEvent event) {
        scheduler.shutdownNow();
    }

    @Override
    public void after(Run.Present run, List<Effect> effects) {
        String id = run.charter().id();
        for (Effect effect : effects) {
            switch (effect) {
                case Effect.SetTimer(var key, var due, var input) -> {
                    forget(new Key(id, key));
                    if (due.isBefore(clock.instant().plus(HORIZON))) {
                        waitFor(new Key(id, key), due, input);
                    }
                }
                case Effect.ClearTimer(var key) -> forget(new Key(id, key));
                case Effect.Publish _,
                        Effect.OfferWork _,
                        Effect.CancelWork _,
                        Effect.EndWork _,
                        Effect.JoinLine _,
                        Effect.LeaveLine _ -> {}
            }
        }
    }

    private void forget(Key key) {
        Future<?> known = waiting.remove(key);
        if (known != null) {
            known.cancel(/* mayInterruptIfRunning= */ false);
        }
    }

    private void waitFor(Key key, Instant due, RunInput input) {
        long millis = Math.max(0, Duration.between(clock.instant(), due).toMillis());
        waiting.computeIfAbsent(key, _ -> scheduler.schedule(() -> fire(key, input), millis, TimeUnit.MILLISECONDS));
    }

    private void fire(Key key, RunInput input) {
        try {
            var _ = runs.fired(key.run(), key.key(), input).whenComplete((_, failure) -> {
                waiting.remove(key);
                if (failure != null) {
                    log.warnf("timer %s of run %s is tried again: %s", key.key(), key.run(), failure.getMessage());
                }
            });
        } catch (RuntimeException | Error e) {
            // The scheduler would keep it to itself, and the sweep takes a timer for waited for while it is in the map.
            waiting.remove(key);
            log.errorf(e, "timer %s of run %s broke and is tried again", key.key(), key.run());
        }
    }

    private void sweep() {
        try {
            for (DueTimers.Due due : store.dueBefore(clock.instant().plus(HORIZON))) {
                waitFor(new Key(due.run(), due.key()), due.at().plus(COURTESY), due.input());
            }
        } catch (RuntimeException e) {
            log.warnf("the timers cannot be read at the moment: %s", e.getMessage());
        } catch (Error e) {
            // One that came through would end the sweep for good.
            log.error("the sweep of the timers broke and goes on", e);
        }
    }
}
