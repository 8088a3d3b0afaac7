package dev.tiphys.engine.work;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.run.Wait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A ledger in memory that survives its leases, and can lose them, crash between two entries, and cancel. */
public final class MemoryLedger implements LeafLedger {
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private final List<Wait> waits = new ArrayList<>();
    private final List<JsonNode> saves = new ArrayList<>();
    private final StringBuilder log = new StringBuilder();
    private volatile Consumer<MemoryLedger> onEntry = _ -> {};
    private volatile int entries;
    private volatile int crashBefore = Integer.MAX_VALUE;
    private volatile int crashAfter = Integer.MAX_VALUE;
    private volatile boolean lost;
    private volatile boolean crashed;

    /** The process dies. */
    public static final class Crash extends Error {}

    /** Dies instead of the nth entry, from 1; what came before is kept. */
    public MemoryLedger crashBefore(int entry) {
        crashBefore = entry;
        return this;
    }

    /** Dies right after the nth entry, from 1. */
    public MemoryLedger crashAfter(int entry) {
        crashAfter = entry;
        return this;
    }

    /** What happens after each entry. */
    public MemoryLedger onEntry(Consumer<MemoryLedger> action) {
        onEntry = action;
        return this;
    }

    public void cancel() {
        cancelled.countDown();
    }

    public void loseLease() {
        lost = true;
    }

    public boolean hasCrashed() {
        return crashed;
    }

    public synchronized @Nullable JsonNode progress() {
        return saves.isEmpty() ? null : saves.getLast();
    }

    public synchronized List<JsonNode> saves() {
        return List.copyOf(saves);
    }

    public synchronized List<Wait> waits() {
        return List.copyOf(waits);
    }

    public synchronized String log() {
        return log.toString();
    }

    @Override
    public void save(JsonNode progress) throws LeaseLost {
        enter(() -> saves.add(progress.deepCopy()));
    }

    @Override
    public void waiting(Wait wait, @Nullable String link) throws LeaseLost {
        enter(() -> waits.add(wait));
    }

    @Override
    public void log(String text) throws LeaseLost {
        enter(() -> log.append(text));
    }

    @Override
    public boolean cancelledWithin(Duration time) throws LeaseLost, InterruptedException {
        if (lost) {
            throw new LeaseLost("lost on demand");
        }
        return cancelled.await(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void enter(Runnable entry) throws LeaseLost {
        synchronized (this) {
            if (lost) {
                throw new LeaseLost("lost on demand");
            }
            if (++entries == crashBefore) {
                crash();
            }
            entry.run();
            if (entries == crashAfter) {
                crash();
            }
        }
        onEntry.accept(this);
    }

    private void crash() {
        crashed = true;
        throw new Crash();
    }
}
