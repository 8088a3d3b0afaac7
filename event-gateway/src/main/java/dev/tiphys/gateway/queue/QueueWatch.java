package dev.tiphys.gateway.queue;

import dev.tiphys.gateway.queue.Outcome.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How the reading of one queue goes. Thread-safe. */
public final class QueueWatch {
    /** A message that could not be parked comes again within that time, or another process has it. */
    private static final Duration UNPARKED = Duration.ofMinutes(1);

    private final String name;
    private final String transport;
    private final Supplier<Instant> now;
    private final Map<Verdict, Long> settled = new EnumMap<>(Verdict.class);
    private State state = State.STARTING;
    private @Nullable String reason;
    private @Nullable Unparked unparked;
    private Instant since;
    private int inFlight;
    private long givenBack;
    private @Nullable Instant lastMessageAt;

    /** How it goes. */
    public enum State {
        /** It was not reached yet. */
        STARTING,
        /** Messages are read. */
        RUNNING,
        /** Messages could be read, but what they are written to is away. */
        WAITING,
        /** The queue cannot be read. */
        FAILING
    }

    private record Unparked(String reason, Instant at) {}

    /**
     * How it goes at one moment.
     *
     * @param reason why it waits or fails, or why messages cannot be parked; null if all is well
     * @param since when the state began
     * @param counts of messages since this process reads the queue, by what became of them
     */
    public record Status(
            String name,
            String transport,
            State state,
            @Nullable String reason,
            Instant since,
            int inFlight,
            @Nullable Instant lastMessageAt,
            Map<String, Long> counts) {}

    public QueueWatch(String name, String transport, Supplier<Instant> now) {
        this.name = name;
        this.transport = transport;
        this.now = now;
        this.since = now.get();
    }

    /** The queue is read. */
    public void running() {
        become(State.RUNNING, null);
    }

    /** What messages are written to is away. */
    public void waiting(String why) {
        become(State.WAITING, why);
    }

    /** The queue cannot be read. */
    public void failing(String why) {
        become(State.FAILING, why);
    }

    /** A message is to be parked and cannot be: it comes again, and the others go on. */
    public synchronized void unparked(String why) {
        unparked = new Unparked(
                "messages that cannot become events cannot be parked now, and come again: " + why, now.get());
    }

    private synchronized void become(State next, @Nullable String why) {
        if (state != next) {
            since = now.get();
        }
        state = next;
        reason = why;
    }

    /** Messages came. */
    public synchronized void received(int messages) {
        inFlight += messages;
        if (messages > 0) {
            lastMessageAt = now.get();
        }
    }

    /** A message was settled. */
    public synchronized void settled(Verdict verdict) {
        inFlight--;
        if (verdict == Verdict.PARKED) {
            unparked = null;
        }
        settled.merge(verdict, 1L, Long::sum);
    }

    /** Messages were given back. */
    public synchronized void givenBack(int messages) {
        inFlight -= messages;
        givenBack += messages;
    }

    /** {@return how it goes now} */
    public synchronized Status status() {
        Map<String, Long> counts = new LinkedHashMap<>();
        for (Verdict verdict : Verdict.values()) {
            counts.put(verdict.name().toLowerCase(Locale.ROOT), Objects.requireNonNullElse(settled.get(verdict), 0L));
        }
        counts.put("givenBack", givenBack);
        return new Status(
                name,
                transport,
                state,
                reason == null ? whyUnparked() : reason,
                since,
                inFlight,
                lastMessageAt,
                counts);
    }

    private @Nullable String whyUnparked() {
        Unparked last = unparked;
        return last == null || last.at().plus(UNPARKED).isBefore(now.get()) ? null : last.reason();
    }
}
