package dev.tiphys.notifier.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How much may be said: a bucket of tokens for posts of each channel and for edits of each workspace, pauses that Slack
 * asked for, growing pauses after faults, and workspaces that do not take us. It lives in memory: after a restart the
 * buckets are full and Slack repeats what it asked for. Thread-safe.
 */
public final class Limits {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    /** How often a workspace that does not take us is looked at, in case its secret changed. */
    private static final Duration GLANCE = Duration.ofSeconds(2);

    /** What is limited. */
    public enum Method {
        POST,
        EDIT
    }

    /**
     * How fast, and how many at once after a rest.
     *
     * @param perToken the time in which one more becomes possible
     */
    public record Rate(Duration perToken, int burst) {
        public Rate {
            if (perToken.isNegative() || burst < 1) {
                throw new IllegalArgumentException("a rate needs a positive time and a burst of at least 1");
            }
        }
    }

    private record Key(Method method, String workspace, String channel) {}

    /** Tokens are time: the bucket is full at {@code fullAt}. */
    private record Bucket(Instant fullAt) {}

    private record Fault(int times, Instant until) {}

    private record Bar(String fingerprint, Instant until) {}

    private final Rate posts;
    private final Rate edits;
    private final Duration barredFor;
    private final Map<Key, Bucket> buckets = new HashMap<>();
    private final Map<Key, Instant> pauses = new HashMap<>();
    private final Map<String, Fault> faults = new HashMap<>();
    private final Map<String, Bar> bars = new HashMap<>();

    /** @param barredFor how long a workspace that does not take us is left alone while its secret stays the same */
    public Limits(Rate posts, Rate edits, Duration barredFor) {
        this.posts = posts;
        this.edits = edits;
        this.barredFor = barredFor;
    }

    /** Takes a token. {@return empty if it was taken; else when to ask again, and nothing was taken} */
    synchronized Optional<Instant> take(Method method, Lane lane, Workspace workspace, Instant now) {
        Key key = key(method, lane);
        Optional<Instant> closed = closed(key, workspace, now);
        if (closed.isPresent()) {
            return closed;
        }
        Rate rate = method == Method.POST ? posts : edits;
        Bucket bucket = buckets.getOrDefault(key, new Bucket(now));
        Instant full = bucket.fullAt().isBefore(now) ? now : bucket.fullAt();
        Instant earliest = full.minus(rate.perToken().multipliedBy(rate.burst() - 1L));
        if (earliest.isAfter(now)) {
            return Optional.of(earliest);
        }
        buckets.put(key, new Bucket(full.plus(rate.perToken())));
        return Optional.empty();
    }

    /** Slack asked for quiet. */
    synchronized void pause(Method method, Lane lane, Instant until) {
        pauses.merge(key(method, lane), until, (one, other) -> one.isAfter(other) ? one : other);
    }

    /** A fault of the workspace's server: {@return when to try again}, later after each fault in a row */
    synchronized Instant stumble(Lane lane, Instant now) {
        Fault before = faults.get(lane.workspace());
        int times = before == null ? 0 : before.times();
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(times, 10));
        Instant until = now.plus(pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause);
        faults.put(lane.workspace(), new Fault(times + 1, until));
        return until;
    }

    /** The workspace does not take us. */
    synchronized void bar(Workspace workspace, Instant now) {
        bars.put(workspace.name(), new Bar(workspace.fingerprint(), now.plus(barredFor)));
    }

    /** The workspace took a message, or at least answered about it. */
    synchronized void well(Lane lane) {
        faults.remove(lane.workspace());
        bars.remove(lane.workspace());
    }

    /** {@return how many workspaces do not take us} */
    public synchronized int barred() {
        return bars.size();
    }

    private Optional<Instant> closed(Key key, Workspace workspace, Instant now) {
        Instant until = Instant.MIN;
        Instant pause = pauses.get(key);
        if (pause != null && pause.isAfter(now)) {
            until = pause;
        } else {
            pauses.remove(key);
        }
        Fault fault = faults.get(workspace.name());
        if (fault != null && fault.until().isAfter(until)) {
            until = fault.until();
        }
        Bar bar = bars.get(workspace.name());
        if (bar != null
                && bar.fingerprint().equals(workspace.fingerprint())
                && bar.until().isAfter(now)) {
            Instant glance = now.plus(GLANCE);
            until = bar.until().isBefore(glance) ? bar.until() : glance;
        }
        return until.isAfter(now) ? Optional.of(until) : Optional.empty();
    }

    private static Key key(Method method, Lane lane) {
        return new Key(method, lane.workspace(), method == Method.POST ? lane.channel() : "");
    }
}
