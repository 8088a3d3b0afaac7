package dev.tiphys.gateway.app;

import dev.tiphys.contracts.definition.Definition.Repository;
import dev.tiphys.gateway.ledger.LedgerUnavailable;
import dev.tiphys.gateway.recovery.Recoverer;
import dev.tiphys.gateway.recovery.Recoverer.Turn;
import dev.tiphys.platform.definitions.Definitions;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Looks at each repository for lost deliveries when it is due: each on a thread of its own, a few at once. */
@Singleton
final class RecoveryRounds {
    private static final Logger log = Logger.getLogger(RecoveryRounds.class);
    private static final int MOST_AT_ONCE = 4;

    private final Definitions definitions;
    private final Recoverer recoverer;
    private final MeterRegistry meters;
    private final Duration beat;
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();
    private final Map<String, String> said = new ConcurrentHashMap<>();
    private final Set<String> looked = ConcurrentHashMap.newKeySet();
    private final Semaphore turns = new Semaphore(MOST_AT_ONCE);
    private final CountDownLatch stopped = new CountDownLatch(1);

    RecoveryRounds(
            Definitions definitions,
            Recoverer recoverer,
            MeterRegistry meters,
            @ConfigProperty(name = "tiphys.gateway.recovery.beat", defaultValue = "15s") Duration beat) {
        this.definitions = definitions;
        this.recoverer = recoverer;
        this.meters = meters;
        this.beat = beat;
    }

    void start(@Observes StartupEvent event) {
        Thread.ofVirtual().name("gateway-recovery").start(this::run);
    }

    void stop(@Observes ShutdownEvent event) {
        stopped.countDown();
    }

    private void run() {
        try {
            do {
                definitions.current().ofKind(Repository.class).stream()
                        .filter(repository -> repository.recovery() != null)
                        .filter(repository -> underWay.add(repository.name()))
                        .forEach(repository -> Thread.ofVirtual()
                                .name("gateway-recovery-" + repository.name())
                                .start(() -> turn(repository)));
            } while (!stopped.await(beat.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException _) {
            log.debug("the rounds were interrupted to stop");
        }
    }

    private void turn(Repository repository) {
        try {
            turns.acquire();
            try {
                if (stopped.getCount() > 0) {
                    said(repository.name(), recoverer.turn(repository, looked.add(repository.name())));
                }
            } finally {
                turns.release();
            }
        } catch (InterruptedException _) {
            log.debug("a round was interrupted to stop");
        } catch (LedgerUnavailable e) {
            said(repository.name(), new Turn.Failed(String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            log.errorf(e, "the round for lost deliveries of %s failed; the next one follows", repository.name());
        } finally {
            underWay.remove(repository.name());
        }
    }

    /** The same trouble is said once. */
    private void said(String repository, Turn turn) {
        switch (turn) {
            case Turn.NotMine _ -> {}
            case Turn.Done(var plan) -> {
                said.remove(repository);
                count(repository, "asked", plan.asks().size());
                count(repository, "recovered", plan.recovered().size());
                count(repository, "given_up", plan.givenUp().size());
                countRound(repository, "done");
                plan.givenUp()
                        .forEach(lost ->
                                log.warnf("delivery %s of %s is lost: %s", lost.delivery(), repository, lost.reason()));
            }
            case Turn.Failed(var why) -> {
                countRound(repository, "failed");
                // There from the first round on, so that the first that is given up is seen to be one more.
                List.of("asked", "recovered", "given_up").forEach(outcome -> count(repository, outcome, 0));
                if (!why.equals(said.put(repository, why))) {
                    log.warnf("lost deliveries of %s cannot be looked for: %s", repository, why);
                }
            }
        }
    }

    private void count(String repository, String outcome, int deliveries) {
        meters.counter("tiphys.gateway.recovery.deliveries", "tiphys.endpoint", repository, "outcome", outcome)
                .increment(deliveries);
    }

    private void countRound(String repository, String outcome) {
        meters.counter("tiphys.gateway.recovery.rounds", "tiphys.endpoint", repository, "outcome", outcome)
                .increment();
    }
}
