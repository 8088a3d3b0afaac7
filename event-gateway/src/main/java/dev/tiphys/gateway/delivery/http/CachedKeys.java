package dev.tiphys.gateway.delivery.http;

import dev.tiphys.contracts.definition.SecretRef;
import dev.tiphys.gateway.delivery.Credentials;
import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Endpoint;
import dev.tiphys.gateway.delivery.Keys;
import dev.tiphys.platform.secret.Secret;
import dev.tiphys.platform.secret.Secrets;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The values of secrets, kept for a moment: a storm of deliveries reads a file once, and a new value needs no restart.
 * Bounded by the number of endpoints, of which strangers make none.
 */
@Singleton
final class CachedKeys implements Keys {
    private static final byte[] MISSING = {};

    private final Secrets secrets;
    private final long keptNanos;
    private final Map<String, Kept> kept = new ConcurrentHashMap<>();

    private record Kept(List<SecretRef> refs, List<byte[]> values, long at) {}

    CachedKeys(
            Secrets secrets,
            @ConfigProperty(name = "tiphys.gateway.hooks.secrets-kept", defaultValue = "1s") Duration keptFor) {
        this.secrets = secrets;
        this.keptNanos = keptFor.toNanos();
    }

    @Override
    public Optional<List<byte[]>> atHand(Endpoint endpoint) {
        return switch (endpoint.credentials()) {
            case Credentials.None _ -> Optional.of(List.of());
            case Credentials.Published _ -> Optional.empty();
            case Credentials.Shared(var refs) ->
                Optional.ofNullable(kept.get(endpoint.name()))
                        .filter(values -> values.refs().equals(refs) && System.nanoTime() - values.at() < keptNanos)
                        .map(Kept::values);
        };
    }

    @Override
    public CompletionStage<List<byte[]>> asNow(Endpoint endpoint, Delivery delivery) {
        return switch (endpoint.credentials()) {
            case Credentials.None _ -> CompletableFuture.completedFuture(List.of());
            case Credentials.Published _ ->
                CompletableFuture.failedFuture(new Unavailable(
                        "published keys are not read", new IllegalStateException("no reader of published keys")));
            case Credentials.Shared(var refs) -> read(endpoint.name(), refs);
        };
    }

    private CompletionStage<List<byte[]>> read(String endpoint, List<SecretRef> refs) {
        long at = System.nanoTime();
        try {
            List<byte[]> values = refs.stream()
                    .map(ref -> secrets.find(ref).map(Secret::bytes).orElse(MISSING))
                    .toList();
            kept.put(endpoint, new Kept(refs, values, at));
            return CompletableFuture.completedFuture(values);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(
                    new Unavailable("the secrets of " + endpoint + " cannot be read: " + e.getMessage(), e));
        }
    }
}
