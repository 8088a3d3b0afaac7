package dev.tiphys.gateway.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Where entries wait to be written. Bounded in number and bytes: beyond, the oldest give way and are counted. Of strangers
 * only so many a second are kept one by one, for each endpoint and verdict; the rest of that second becomes one entry that
 * counts them. Thread-safe; {@link #record} never waits for the writer.
 */
public final class LedgerBuffer implements DeliveryLedger {
    private static final int WEIGHT_OF_AN_ENTRY = 500;

    private final Bounds bounds;
    private final RandomGenerator random;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ready = lock.newCondition();
    private final ArrayDeque<LedgerRow> waiting = new ArrayDeque<>();
    private final Map<Crowd, Second> crowds = new HashMap<>();
    private long weight;
    private int wanted;
    private long dropped;
    private boolean closed;

    /**
     * How much of everything.
     *
     * @param entries how many may wait
     * @param bytes how much they may weigh, with what they held
     * @param payload how large a body may be to be kept
     * @param strangers how many of a crowd are kept one by one in a second
     */
    public record Bounds(int entries, long bytes, int payload, int strangers) {}

    private record Crowd(String endpoint, String verdict) {}

    /** What came of a crowd in one second. */
    private static final class Second {
        private final long number;
        private int listed;
        private @Nullable LedgerEntry rest;

        private Second(long number) {
            this.number = number;
        }
    }

    public LedgerBuffer(Bounds bounds, RandomGenerator random) {
        this.bounds = bounds;
        this.random = random;
    }

    @Override
    public void record(LedgerEntry entry) {
        record(LedgerId.of(entry.at(), random), entry);
    }

    /** Remembers a delivery under an id that is known already. */
    public void record(UUID id, LedgerEntry entry) {
        LedgerRow row = fitting(id, entry);
        lock.lock();
        try {
            if (entry.isGenuine() || isListed(row.entry())) {
                add(row);
            }
        } finally {
            lock.unlock();
        }
    }

    private LedgerRow fitting(UUID id, LedgerEntry entry) {
        LedgerEntry.Payload payload = entry.payload();
        LedgerRow row = new LedgerRow(id, entry, null);
        if (!entry.isGenuine()) {
            return payload == null ? row : new LedgerRow(id, entry.withoutPayload(), null);
        }
        if (payload == null) {
            // What became an event is in it.
            return entry.events().isEmpty() ? row.without(whyWithout(entry.verdict())) : row;
        }
        return payload.body().length > bounds.payload()
                ? row.without("it was larger than the " + bounds.payload() + " bytes that are kept")
                : row;
    }

    private static String whyWithout(String verdict) {
        return verdict.equals(VerdictWord.PARKED.word())
                ? "it is in the parking lot, with the parked messages"
                : "the verdict was " + verdict + ", and only that was written down";
    }

    private boolean isListed(LedgerEntry stranger) {
        Crowd crowd = new Crowd(stranger.endpoint(), stranger.verdict());
        long number = stranger.at().getEpochSecond();
        Second second = crowds.get(crowd);
        if (second == null || second.number < number) {
            if (second != null) {
                close(second);
            }
            second = new Second(number);
            crowds.put(crowd, second);
        }
        if (second.listed < bounds.strangers()) {
            second.listed++;
            return true;
        }
        second.rest = second.rest == null ? summary(stranger) : second.rest.plus(stranger);
        return false;
    }

    /** What many share does not name one of them. */
    private static LedgerEntry summary(LedgerEntry first) {
        return new LedgerEntry(
                first.at(),
                first.endpoint(),
                first.way(),
                first.verdict(),
                first.reason(),
                null,
                null,
                List.of(),
                null,
                null,
                first.bytes(),
                LedgerEntry.Took.NOTHING,
                null,
                null,
                first.count());
    }

    private void close(Second second) {
        if (second.rest != null) {
            add(new LedgerRow(LedgerId.of(second.rest.at(), random), second.rest, null));
        }
    }

    private void add(LedgerRow row) {
        waiting.addLast(row);
        weight += weightOf(row);
        while (waiting.size() > bounds.entries() || (weight > bounds.bytes() && waiting.size() > 1)) {
            LedgerRow oldest = waiting.removeFirst();
            weight -= weightOf(oldest);
            dropped += oldest.entry().count();
        }
        // The writer is woken for the first and for the last that it waits for, not for each.
        if (waiting.size() == wanted) {
            ready.signal();
        }
    }

    private static long weightOf(LedgerRow row) {
        LedgerEntry.Payload payload = row.entry().payload();
        if (payload == null) {
            return WEIGHT_OF_AN_ENTRY;
        }
        long headers = 0;
        for (Map.Entry<String, String> header : payload.headers().entrySet()) {
            headers += header.getKey().length() + header.getValue().length();
        }
        return WEIGHT_OF_AN_ENTRY + headers + payload.body().length;
    }

    /**
     * {@return the oldest entries, at most so many; empty if none came in that time}
     *
     * @param now seconds of crowds that are over by then are closed
     * @param patience how long the first is waited for
     * @param linger how long others are waited for once there is one
     */
    public List<LedgerRow> take(Instant now, int most, Duration patience, Duration linger) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            closeSecondsBefore(now.getEpochSecond());
            await(1, patience);
            if (!waiting.isEmpty()) {
                await(most, linger);
            }
            List<LedgerRow> taken = new ArrayList<>(Math.min(most, waiting.size()));
            while (taken.size() < most && !waiting.isEmpty()) {
                LedgerRow row = waiting.removeFirst();
                weight -= weightOf(row);
                taken.add(row);
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private void await(int number, Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        wanted = number;
        while (waiting.size() < number && left > 0 && !closed) {
            left = ready.awaitNanos(left);
        }
    }

    private void closeSecondsBefore(long number) {
        Iterator<Second> all = crowds.values().iterator();
        while (all.hasNext()) {
            Second second = all.next();
            if (second.number < number) {
                close(second);
                all.remove();
            }
        }
    }

    /** Lets nobody wait in {@link #take} any more; what is there can still be taken, and what comes is still kept. */
    public void close() {
        lock.lock();
        try {
            closed = true;
            closeSecondsBefore(Long.MAX_VALUE);
            ready.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** {@return how many entries wait} */
    public int size() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** {@return how many deliveries gave way since the beginning} */
    public long dropped() {
        lock.lock();
        try {
            return dropped;
        } finally {
            lock.unlock();
        }
    }
}
