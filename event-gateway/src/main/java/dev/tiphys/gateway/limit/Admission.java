package dev.tiphys.gateway.limit;

import dev.tiphys.contracts.definition.Limits;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Lets deliveries in at their rates. Each endpoint has its own; half of the overall rate is shared out equally among the
 * endpoints that are in use, so that a storm at one of them leaves the others theirs, and the other half is for whoever comes
 * first. Only what was verified counts against an endpoint: a stranger cannot use its rate up. Strangers are counted by their
 * address and endpoint. Bounded in what it remembers. Thread-safe.
 */
public final class Admission {
    /** An endpoint that delivered within this time, or whose own burst is not whole again, has a share. */
    private static final long IN_USE_NANOS = 10_000_000_000L;

    private static final int MOST_STRANGERS = 10_000;

    private final Rates rates;
    private final LongSupplier nanos;
    private final TokenBucket common;
    private final Map<String, Member> members = new HashMap<>();
    private final Map<String, TokenBucket> strangers;

    /** An endpoint's own rate, and its share of the overall one. */
    private static final class Member {
        private final TokenBucket own;
        private final TokenBucket share;
        private long used;

        private Member(TokenBucket own, TokenBucket share, long used) {
            this.own = own;
            this.share = share;
            this.used = used;
        }
    }

    /** Whether one may come in. */
    public sealed interface Answer {
        /** It may. */
        record Admitted() implements Answer {}

        /** Not now; {@code retryAfter} is in seconds. */
        record Limited(String why, int retryAfter) implements Answer {}
    }

    /** @param nanos a clock that only goes forward, in nanoseconds */
    public Admission(Rates rates, LongSupplier nanos) {
        this.rates = rates;
        this.nanos = nanos;
        this.common = new TokenBucket(rates.overall() / 2, Math.max(1, rates.overall() / 2), nanos.getAsLong());
        this.strangers = new LinkedHashMap<>(64, 0.75f, /* accessOrder= */ true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, TokenBucket> eldest) {
                return size() > MOST_STRANGERS;
            }
        };
    }

    /** {@return whether a delivery is read at all} Takes nothing: what it turns out to be decides whose rate it uses. */
    public synchronized Answer atTheDoor(String endpoint, String sender) {
        long now = nanos.getAsLong();
        TokenBucket stranger = strangers.get(key(endpoint, sender));
        if (stranger != null && !stranger.has(now)) {
            return new Answer.Limited(
                    "too many deliveries from this address prove nothing", stranger.secondsUntilNext(now));
        }
        Member member = members.get(endpoint);
        if (member != null && !member.own.has(now)) {
            return new Answer.Limited("the endpoint's rate is used up", member.own.secondsUntilNext(now));
        }
        return new Answer.Admitted();
    }

    /** Lets a verified delivery in, if its endpoint's rate and the overall one allow it. */
    public synchronized Answer verified(String endpoint, Limits limits) {
        long now = nanos.getAsLong();
        Member member = member(endpoint, limits, now);
        if (!member.own.take(now)) {
            return new Answer.Limited("the endpoint's rate is used up", member.own.secondsUntilNext(now));
        }
        if (member.share.take(now) || common.take(now)) {
            return new Answer.Admitted();
        }
        return new Answer.Limited("the gateway's rate is used up", common.secondsUntilNext(now));
    }

    /** Counts a delivery that proved nothing. */
    public synchronized void unverified(String endpoint, String sender) {
        long now = nanos.getAsLong();
        double rate = rates.unverifiedPerSender();
        boolean _ = strangers
                .computeIfAbsent(key(endpoint, sender), _ -> new TokenBucket(rate, Math.max(1, 2 * rate), now))
                .take(now);
    }

    private Member member(String endpoint, Limits limits, long now) {
        Integer rate = limits.rate();
        Integer burst = limits.burst();
        double ownRate = Math.min(rate == null ? rates.perEndpoint() : rate, rates.perEndpoint());
        double ownBurst = Math.max(1, burst != null ? burst : rate != null ? rate : rates.perEndpointBurst());
        Member known = members.get(endpoint);
        if (known == null) {
            double share = share(members.size() + 1);
            known = new Member(
                    new TokenBucket(ownRate, ownBurst, now), new TokenBucket(share, Math.max(1, share), now), now);
            members.put(endpoint, known);
            shareOut(now);
        } else {
            known.own.become(ownRate, ownBurst, now);
        }
        if (now - known.used > IN_USE_NANOS / 10) {
            known.used = now;
            if (members.values().removeIf(member -> now - member.used > IN_USE_NANOS && member.own.isFull(now))) {
                shareOut(now);
            }
        }
        return known;
    }

    private void shareOut(long now) {
        double share = share(members.size());
        members.values().forEach(member -> member.share.become(share, Math.max(1, share), now));
    }

    private double share(int sharers) {
        return rates.overall() / 2 / sharers;
    }

    private static String key(String endpoint, String sender) {
        return endpoint + " " + sender;
    }
}
