package dev.tiphys.gateway.proof.web;

import dev.tiphys.gateway.delivery.KeyPlace;
import dev.tiphys.gateway.delivery.PublishedKeys;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Fetches keys and keeps them. A key id that is not there makes it look again, but not more than once a minute: anybody can
 * make ids up. Until it may look again, it cannot tell. A server that does not answer is left alone for a while, and the keys that it gave before hold on for a day.
 */
final class FetchedKeys implements PublishedKeys {
    static final Duration BETWEEN_FETCHES = Duration.ofMinutes(1);
    static final Duration AFTER_FAILURE = Duration.ofSeconds(5);
    static final Duration FRESH = Duration.ofHours(1);
    static final Duration KEPT = Duration.ofDays(1);

    private static final int MAX_SOURCES = 200;
    private static final String ONLY = "";

    private final Getter getter;
    private final Clock clock;
    private final Runnable failed;
    private final Map<String, Source> sources = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Source> eldest) {
            return size() > MAX_SOURCES;
        }
    };

    /** Gets the bytes at an address. */
    @FunctionalInterface
    interface Getter {
        byte[] get(URI address) throws IOException;
    }

    /** @param failed told of each fetch that failed */
    FetchedKeys(Getter getter, Clock clock, Runnable failed) {
        this.getter = getter;
        this.clock = clock;
        this.failed = failed;
    }

    /** What is known of a place; its lock is held while it is asked. */
    private static final class Source {
        private final ReentrantLock turn = new ReentrantLock();
        private Map<String, byte[]> keys = Map.of();
        private Instant fetched = Instant.MIN;
        private Instant tried = Instant.MIN;
        private @Nullable IOException failure;
    }

    @Override
    public List<byte[]> find(KeyPlace place) {
        Source source = source(place);
        source.turn.lock();
        try {
            return find(place, source);
        } finally {
            source.turn.unlock();
        }
    }

    private List<byte[]> find(KeyPlace place, Source source) {
        String id = id(place);
        Instant now = clock.instant();
        boolean known = source.keys.containsKey(id) && within(source.fetched, KEPT, now);
        boolean fresh = within(source.fetched, FRESH, now);
        Instant before = source.fetched;
        boolean due = source.failure == null
                ? !within(source.tried, BETWEEN_FETCHES, now)
                : !within(source.tried, AFTER_FAILURE, now);
        if (due && !(known && fresh)) {
            fetch(place, source, now);
            known = source.keys.containsKey(id) && within(source.fetched, KEPT, now);
        }
        IOException failure = source.failure;
        if (!known && failure != null) {
            throw new KeysUnavailable(String.valueOf(failure.getMessage()), failure);
        }
        if (!known && source.fetched.equals(before)) {
            // It may have been published since: only keys that were looked at after it was used can tell.
            throw new KeysUnavailable(
                    "its key was not published at " + place.address().getHost()
                            + " when that was last asked, less than " + BETWEEN_FETCHES.toSeconds() + " s ago",
                    new IOException("it is not asked again yet"));
        }
        return known ? List.of(source.keys.getOrDefault(id, new byte[0])) : List.of();
    }

    private void fetch(KeyPlace place, Source source, Instant now) {
        source.tried = now;
        try {
            source.keys = keys(place, now);
            source.fetched = now;
            source.failure = null;
        } catch (IOException e) {
            source.failure = e;
            failed.run();
        }
    }

    private Map<String, byte[]> keys(KeyPlace place, Instant now) throws IOException {
        return switch (place) {
            case KeyPlace.KeySet(var address, var _) -> PublishedForms.keySet(getter.get(address));
            case KeyPlace.Discovered(var issuer, var _) -> {
                String base = issuer.toString().replaceFirst("/$", "");
                byte[] document = getter.get(URI.create(base + "/.well-known/openid-configuration"));
                yield PublishedForms.keySet(getter.get(PublishedForms.keysUrl(document, issuer)));
            }
            case KeyPlace.Certificate(var address) ->
                Map.of(ONLY, PublishedForms.certificate(getter.get(address), now));
        };
    }

    private static String id(KeyPlace place) {
        return switch (place) {
            case KeyPlace.KeySet(var _, var keyId) -> keyId;
            case KeyPlace.Discovered(var _, var keyId) -> keyId;
            case KeyPlace.Certificate _ -> ONLY;
        };
    }

    private Source source(KeyPlace place) {
        synchronized (sources) {
            return sources.computeIfAbsent(place.getClass().getSimpleName() + " " + place.address(), _ -> new Source());
        }
    }

    private static boolean within(Instant moment, Duration duration, Instant now) {
        return !moment.equals(Instant.MIN) && moment.plus(duration).isAfter(now);
    }
}
