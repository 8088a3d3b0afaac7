package dev.tiphys.gateway.delivery.http;

import dev.tiphys.contracts.definition.SecretRef;
import dev.tiphys.gateway.delivery.Credentials;
import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Endpoint;
import dev.tiphys.gateway.delivery.PublishedKeys;
import dev.tiphys.platform.secret.Secret;
import dev.tiphys.platform.secret.Secrets;
import jakarta.inject.Singleton;
import java.util.List;

/** Finds what a delivery is compared with. May block, and only where keys are published elsewhere. */
@Singleton
final class ProofValues {
    private final Secrets secrets;
    private final PublishedKeys keys;

    ProofValues(Secrets secrets, PublishedKeys keys) {
        this.secrets = secrets;
        this.keys = keys;
    }

    /** What was found. */
    sealed interface Found {
        /** Values, the present one first; empty if the delivery names none, or none that may be asked for. */
        record Values(List<byte[]> values) implements Found {
            public Values {
                values = List.copyOf(values);
            }
        }

        /**
         * Nothing, whatever is delivered.
         *
         * @param reason for whoever runs the gateway
         */
        record Never(String reason) implements Found {}
    }

    /**
     * {@return what the endpoint's verifier is asked with}
     *
     * @throws PublishedKeys.KeysUnavailable if it cannot be told now
     */
    Found of(Endpoint endpoint, Delivery delivery) {
        return switch (endpoint.credentials()) {
            case Credentials.Shared(var refs) -> shared(refs);
            case Credentials.Published(var where) ->
                new Found.Values(where.of(delivery).map(keys::find).orElse(List.of()));
            case Credentials.Closed(var reason) -> new Found.Never(reason);
            case Credentials.None _ -> new Found.Values(List.of());
        };
    }

    private Found shared(List<SecretRef> refs) {
        List<byte[]> values = refs.stream()
                .flatMap(ref -> secrets.find(ref).map(Secret::bytes).stream())
                .filter(value -> value.length > 0)
                .toList();
        return values.isEmpty()
                ? new Found.Never("there is no secret " + refs.getFirst().name() + "/"
                        + refs.getFirst().key())
                : new Found.Values(values);
    }
}
