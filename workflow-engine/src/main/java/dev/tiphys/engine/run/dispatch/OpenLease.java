package dev.tiphys.engine.run.dispatch;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.run.Wait;
import dev.tiphys.engine.run.Decision;
import dev.tiphys.engine.run.Leases;
import dev.tiphys.engine.run.RunInput;
import dev.tiphys.engine.run.Runs;
import dev.tiphys.engine.run.RunsUnavailable;
import dev.tiphys.engine.work.LeafLedger;
import dev.tiphys.engine.work.LeaseLost;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A lease that a worker of this process holds, with its ledger. */
final class OpenLease implements LeafLedger {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final Leases.Lease lease;
    private final Leases leases;
    private final Runs runs;
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private volatile boolean lost;
    private volatile @Nullable JsonNode saved;
    private volatile @Nullable Thread thread;

    OpenLease(Leases.Lease lease, Leases leases, Runs runs) {
        this.lease = lease;
        this.leases = leases;
        this.runs = runs;
    }

    Leases.Lease lease() {
        return lease;
    }

    boolean isAbout(String run, String step, int attempt) {
        return lease.run().equals(run) && lease.step().equals(step) && lease.attempt() == attempt;
    }

    /** {@return what its worker remembered last; null if nothing yet} */
    @Nullable
    JsonNode saved() {
        return saved;
    }

    void runsOn(Thread worker) {
        thread = worker;
    }

    void cancel() {
        cancelled.countDown();
    }

    /** Ends its worker, wherever it waits. */
    void lose() {
        lost = true;
        cancelled.countDown();
        interrupt();
    }

    void interrupt() {
        Thread worker = thread;
        if (worker != null) {
            worker.interrupt();
        }
    }

    void check() throws LeaseLost {
        if (lost) {
            throw gone();
        }
    }

    @Override
    public void save(JsonNode progress) throws LeaseLost {
        persist(() -> leases.save(lease, progress));
        saved = progress;
    }

    @Override
    public void log(String text) throws LeaseLost {
        if (!text.isEmpty()) {
            persist(() -> leases.append(lease, text));
        }
    }

    @Override
    public void waiting(Wait wait, @Nullable String link) throws LeaseLost {
        RunInput input = new RunInput.LeafWaits(lease.step(), lease.attempt(), lease.number(), wait, link);
        persist(() -> {
            Decision decision = runs.handle(lease.run(), input).join();
            // A step that is being ended shows that, whatever its worker waits for.
            return !(decision instanceof Decision.Refused refused)
                    || refused.why() != Decision.Refusal.STALE
                    || cancelled.getCount() == 0;
        });
    }

    @Override
    public boolean cancelledWithin(Duration time) throws LeaseLost, InterruptedException {
        try {
            return cancelled.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            // A lost lease ends the wait in either way, and is what the worker hears of it.
            check();
        }
    }

    private void persist(BooleanSupplier write) throws LeaseLost {
        Duration pause = FIRST_PAUSE;
        while (true) {
            check();
            try {
                if (!write.getAsBoolean()) {
                    lost = true;
                    throw gone();
                }
                return;
            } catch (RunsUnavailable e) {
                pause = pauseAfter(e, pause);
            } catch (CompletionException e) {
                if (!(e.getCause() instanceof RunsUnavailable)) {
                    throw e;
                }
                pause = pauseAfter(e, pause);
            }
        }
    }

    private Duration pauseAfter(RuntimeException failure, Duration pause) throws LeaseLost {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            LeaseLost stopped = new LeaseLost("the service stops while the store is away: " + failure.getMessage());
            stopped.initCause(e);
            throw stopped;
        }
        Duration next = pause.multipliedBy(2);
        return next.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : next;
    }

    private LeaseLost gone() {
        return new LeaseLost("the lease of " + lease.run() + "/" + lease.step() + " attempt " + lease.attempt()
                + " is over or another worker holds it");
    }
}
