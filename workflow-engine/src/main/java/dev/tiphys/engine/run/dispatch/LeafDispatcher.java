package dev.tiphys.engine.run.dispatch;

import dev.tiphys.contracts.definition.Definition;
import dev.tiphys.contracts.run.Wait;
import dev.tiphys.engine.run.Aftermath;
import dev.tiphys.engine.run.Decision;
import dev.tiphys.engine.run.Effect;
import dev.tiphys.engine.run.Incarnation;
import dev.tiphys.engine.run.Leases;
import dev.tiphys.engine.run.Leases.Lease;
import dev.tiphys.engine.run.Leases.Leased;
import dev.tiphys.engine.run.Libraries;
import dev.tiphys.engine.run.Run;
import dev.tiphys.engine.run.RunInput;
import dev.tiphys.engine.run.Runs;
import dev.tiphys.engine.run.RunsUnavailable;
import dev.tiphys.engine.work.LeafOutcome;
import dev.tiphys.engine.work.LeafWork;
import dev.tiphys.engine.work.LeafWorker;
import dev.tiphys.engine.work.LeaseLost;
import dev.tiphys.engine.work.Pauses;
import dev.tiphys.platform.secret.SecretsAway;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Hands leased work to workers, in process right after the commit. What another instance or an earlier life left is taken
 * over when its lease has run out.
 */
@Singleton
final class LeafDispatcher implements Aftermath {
    private static final int WITH_CHANNELS = 1050;
    private static final int AT_ONCE = 1000;
    private static final int TAKEN_OVER_AT_ONCE = 100;
    private static final Duration BEAT = Duration.ofSeconds(5);
    private static final Duration LOOK_FOR_CANCEL = Duration.ofSeconds(1);
    private static final Pauses SECRETS_AWAY = new Pauses(Duration.ofSeconds(1), 2, Duration.ofSeconds(30), 0.3);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    private static final Logger log = Logger.getLogger(LeafDispatcher.class);

    private final Leases leases;
    private final Runs runs;
    private final Libraries libraries;
    private final Incarnation incarnation;
    private final Map<String, LeafWorker> workers = new HashMap<>();
    private final Map<Lease, OpenLease> open = new ConcurrentHashMap<>();
    private final Semaphore places;
    private final Clock clock;
    private final ScheduledExecutorService beats = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("engine-leases").factory());
    private volatile boolean stopping;

    @Inject
    LeafDispatcher(
            Leases leases,
            Runs runs,
            Libraries libraries,
            Incarnation incarnation,
            Clock clock,
            @Any Instance<LeafWorker> workers) {
        this(leases, runs, libraries, incarnation, clock, workers, AT_ONCE);
    }

    LeafDispatcher(
            Leases leases,
            Runs runs,
            Libraries libraries,
            Incarnation incarnation,
            Clock clock,
            Iterable<LeafWorker> workers,
            int atOnce) {
        this.places = new Semaphore(atOnce);
        this.clock = clock;
        this.leases = leases;
        this.runs = runs;
        this.libraries = libraries;
        this.incarnation = incarnation;
        workers.forEach(worker -> this.workers.put(worker.kind(), worker));
    }

    void start(@Observes @Priority(WITH_CHANNELS) StartupEvent event) {
        leases.endThoseOfEarlierLives(incarnation);
        var _ = beats.scheduleWithFixedDelay(this::beat, 0, BEAT.toMillis(), TimeUnit.MILLISECONDS);
    }

    void stop(@Observes ShutdownEvent event) {
        stopping = true;
        beats.shutdownNow();
        open.values().forEach(OpenLease::interrupt);
        try {
            leases.release(incarnation);
        } catch (RunsUnavailable e) {
            log.warnf("the leases run out by themselves: %s", e.getMessage());
        }
    }

    @Override
    public void after(Run.Present run, List<Effect> effects) {
        String id = run.charter().id();
        for (Effect effect : effects) {
            switch (effect) {
                case Effect.OfferWork(var step, var attempt, var kind, var action, var deadline) -> {
                    Lease lease = new Lease(id, step, attempt, 1);
                    begin(new Leased(lease, run.charter().pipeline(), kind, action, null, deadline, null));
                }
                case Effect.CancelWork(var step, var attempt, var _) -> {
                    for (OpenLease each : open.values()) {
                        if (each.isAbout(id, step, attempt)) {
                            each.cancel();
                        }
                    }
                }
                case Effect.EndWork(var step, var attempt) -> {
                    for (OpenLease each : open.values()) {
                        if (each.isAbout(id, step, attempt)) {
                            each.lose();
                        }
                    }
                }
                case Effect.Publish _,
                        Effect.SetTimer _,
                        Effect.ClearTimer _,
                        Effect.JoinLine _,
                        Effect.LeaveLine _ -> {}
            }
        }
    }

    private void begin(Leased leased) {
        OpenLease lease = new OpenLease(leased.lease(), leases, runs);
        if (open.putIfAbsent(leased.lease(), lease) != null) {
            return;
        }
        if (leased.cancelled() != null) {
            lease.cancel();
        }
        Thread thread = Thread.ofVirtual()
                .name("work " + leased.lease().run() + "/" + leased.lease().step())
                .unstarted(() -> work(leased, lease));
        lease.runsOn(thread);
        thread.start();
    }

    private void work(Leased leased, OpenLease lease) {
        try {
            boolean hasPlace = takePlace(leased, lease);
            try {
                report(leased.lease(), lease, perform(leased, lease));
            } finally {
                if (hasPlace) {
                    places.release();
                }
            }
        } catch (LeaseLost e) {
            log.infof("stopped work on %s: %s", leased.lease(), e.getMessage());
        } catch (InterruptedException e) {
            log.debugf("work on %s is over, or left to the next lease", leased.lease());
        } catch (RuntimeException | Error e) {
            log.errorf(e, "work on %s broke and is left to the next lease", leased.lease());
        } finally {
            open.remove(leased.lease());
        }
    }

    /** {@return whether it took one: what is cancelled needs none, for it only ends what an earlier lease may have begun} */
    private boolean takePlace(Leased leased, OpenLease lease) throws LeaseLost, InterruptedException {
        if (places.tryAcquire()) {
            return true;
        }
        lease.waiting(
                new Wait(
                        "place",
                        "engine " + incarnation.instance(),
                        clock.instant(),
                        leased.deadline(),
                        "other steps, by ending: as many work at once as may"),
                null);
        while (!places.tryAcquire(LOOK_FOR_CANCEL.toMillis(), TimeUnit.MILLISECONDS)) {
            if (lease.cancelledWithin(Duration.ZERO)) {
                return false;
            }
        }
        return true;
    }

    private LeafOutcome perform(Leased leased, OpenLease lease) throws LeaseLost, InterruptedException {
        LeafWorker worker = workers.get(leased.kind());
        if (worker == null) {
            return new LeafOutcome.Stuck("nobody here does steps of the kind " + leased.kind(), null);
        }
        Instant since = clock.instant();
        String shown = "";
        for (int failures = 1; ; failures++) {
            try {
                return worker.perform(workOf(leased, lease), new Definitions(libraries), lease);
            } catch (SecretsAway e) {
                String which = e.ref().name() + "/" + e.ref().key();
                String why = String.valueOf(e.getMessage());
                if (lease.cancelledWithin(Duration.ZERO)) {
                    return new LeafOutcome.Cancelled("nothing was done in the end: " + why, null);
                }
                if (!why.equals(shown)) {
                    shown = why;
                    lease.waiting(new Wait("secret", which, since, leased.deadline(), why), null);
                }
                var _ = lease.cancelledWithin(
                        SECRETS_AWAY.after(failures, ThreadLocalRandom.current().nextDouble()));
            } catch (RuntimeException | Error e) {
                lease.check();
                if (stopping) {
                    throw (InterruptedException) new InterruptedException("the service stops").initCause(e);
                }
                log.errorf(e, "the worker of %s steps broke on %s", leased.kind(), leased.lease());
                return new LeafOutcome.Failed(
                        "the worker broke: " + e.getClass().getSimpleName() + ": " + e.getMessage(), null, Map.of());
            }
        }
    }

    private static LeafWork workOf(Leased leased, OpenLease lease) {
        return new LeafWork(
                leased.lease().run(),
                leased.pipeline(),
                leased.lease().step(),
                leased.lease().attempt(),
                leased.action(),
                lease.saved() == null ? leased.progress() : lease.saved(),
                leased.deadline(),
                leased.lease().number());
    }

    private record Definitions(Libraries libraries) implements LeafWork.Lookup {
        @Override
        public <T extends Definition> @Nullable T find(Class<T> kind, String name) {
            return libraries.now().find(kind, name).orElse(null);
        }
    }

    private void report(Lease lease, OpenLease open, LeafOutcome outcome) throws LeaseLost, InterruptedException {
        try {
            tell(lease, open, outcome);
        } catch (CompletionException e) {
            log.errorf(e, "the outcome of %s cannot be kept", lease);
            tell(
                    lease,
                    open,
                    new LeafOutcome.Stuck("the step ended, but its outcome cannot be kept: " + reason(e), null));
        }
    }

    private static String reason(CompletionException failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return cause.getClass().getSimpleName() + ": " + cause.getMessage();
    }

    /** @throws CompletionException if the outcome never can be told: it breaks the decision about it */
    private void tell(Lease lease, OpenLease open, LeafOutcome outcome) throws LeaseLost, InterruptedException {
        RunInput report = new RunInput.LeafReported(lease.step(), lease.attempt(), lease.number(), outcome);
        Duration pause = FIRST_PAUSE;
        while (true) {
            open.check();
            try {
                Decision decision = runs.handle(lease.run(), report).join();
                if (decision instanceof Decision.Refused refused) {
                    throw new LeaseLost(refused.detail());
                }
                return;
            } catch (CompletionException e) {
                if (stopping) {
                    throw new InterruptedException("the service stops");
                }
                if (!(e.getCause() instanceof RunsUnavailable)) {
                    throw e;
                }
                if (pause.equals(FIRST_PAUSE)) {
                    log.warnf("the outcome of %s is told again until it is kept: %s", lease, e.getMessage());
                }
                Thread.sleep(pause);
                Duration grown = pause.multipliedBy(2);
                pause = grown.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : grown;
            }
        }
    }

    void beat() {
        try {
            Map<Lease, Leases.Held> held = new HashMap<>();
            Map<Lease, OpenLease> before = Map.copyOf(open);
            leases.prolong(incarnation, before.keySet()).forEach(each -> held.put(each.lease(), each));
            for (OpenLease each : before.values()) {
                Leases.Held still = held.get(each.lease());
                if (still == null) {
                    each.lose();
                } else if (still.cancelled() != null) {
                    each.cancel();
                }
            }
            leases.takeOver(incarnation, TAKEN_OVER_AT_ONCE).forEach(this::begin);
        } catch (RuntimeException e) {
            log.warnf("the leases cannot be prolonged at the moment: %s", e.getMessage());
        } catch (Error e) {
            // One that came through would end the beat for good, and with it every lease.
            log.error("the beat of the leases broke and goes on", e);
        }
    }
}
