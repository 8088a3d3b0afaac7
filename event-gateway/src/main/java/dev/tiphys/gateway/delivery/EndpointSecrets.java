package dev.tiphys.gateway.delivery;

import dev.tiphys.contracts.definition.SecretRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * The values of endpoints' secrets, each read at most once in a while, so that deliveries need not read files, and a new
 * value needs no restart. Thread-safe.
 */
public final class EndpointSecrets {
    private static final byte[] NONE = {};

    private final Function<SecretRef, Optional<byte[]>> source;
    private final LongSupplier nanos;
    private final Duration kept;
    private final Listener listener;
    private final Map<String, Held> held = new ConcurrentHashMap<>();

    /** Hears of the values of an endpoint's secrets whenever they are read. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Hears.
         *
         * @param values by generation; an empty one is none
         */
        void read(String endpoint, List<byte[]> values);
    }

    private record Held(List<SecretRef> refs, List<byte[]> values, long at) {}

    /**
     * Reads secrets from a source.
     *
     * @param source finds a value; may block, and may fail for a time
     * @param nanos a clock that only ever goes forward, in nanoseconds
     * @param kept how long a value that was read counts
     */
    public EndpointSecrets(
            Function<SecretRef, Optional<byte[]>> source, LongSupplier nanos, Duration kept, Listener listener) {
        this.source = source;
        this.nanos = nanos;
        this.kept = kept;
        this.listener = listener;
    }

    /**
     * {@return the values if they were read a moment ago; empty if {@link #values} must be asked} Never blocks. The values are
     * not copied and must not be changed.
     */
    public Optional<List<byte[]>> atHand(Endpoint endpoint) {
        if (!(endpoint.credentials() instanceof Credentials.Shared(var refs))) {
            return Optional.of(List.of());
        }
        Held known = held.get(endpoint.name());
        return known != null && known.refs().equals(refs) && isFresh(known)
                ? Optional.of(known.values())
                : Optional.empty();
    }

    /**
     * {@return the values by generation, an empty one where there is none; nothing at all for an endpoint without shared
     * secrets} Blocks if they must be read. The values are not copied and must not be changed.
     */
    public List<byte[]> values(Endpoint endpoint) {
        Optional<List<byte[]>> atHand = atHand(endpoint);
        if (atHand.isPresent() || !(endpoint.credentials() instanceof Credentials.Shared(var refs))) {
            return atHand.orElse(List.of());
        }
        // Outside any lock: a source that blocks holds up this caller alone.
        long now = nanos.getAsLong();
        List<byte[]> values = new ArrayList<>();
        for (SecretRef ref : refs) {
            values.add(source.apply(ref).orElse(NONE));
        }
        held.put(endpoint.name(), new Held(refs, List.copyOf(values), now));
        listener.read(endpoint.name(), values);
        return List.copyOf(values);
    }

    /** Forgets what was read a while ago: endpoints come and go. */
    public void tidy() {
        held.values().removeIf(known -> !isFresh(known));
    }

    private boolean isFresh(Held known) {
        return nanos.getAsLong() - known.at() < kept.toNanos();
    }
}
