package dev.tiphys.gateway.reception.http;

import dev.tiphys.contracts.definition.SecretRef;
import dev.tiphys.gateway.delivery.Credentials;
import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Endpoint;
import dev.tiphys.gateway.delivery.EndpointSecrets;
import dev.tiphys.gateway.delivery.PublishedKeys;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;

/** Finds what a delivery is compared with. May block, and only where keys are published elsewhere. */
@Singleton
final class ProofValues {
    private final EndpointSecrets secrets;
    private final PublishedKeys keys;

    ProofValues(EndpointSecrets secrets, PublishedKeys keys) {
        this.secrets = secrets;
        this.keys = keys;
    }

    /** What was found. */
    sealed interface Found {
        /**
         * Values, the present one first, an empty one where there is none; no value if the delivery names none that may be
         * asked for.
         */
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

    /** {@return what the endpoint's verifier is asked with, if that is at hand; else {@link #of} tells} Never blocks. */
    Optional<List<byte[]>> atHand(Endpoint endpoint) {
        return switch (endpoint.credentials()) {
            case Credentials.Shared _ -> secrets.atHand(endpoint);
            case Credentials.None _ -> Optional.of(List.of());
            case Credentials.Published _, Credentials.Closed _ -> Optional.empty();
        };
    }

    /**
     * {@return what the endpoint's verifier is asked with}
     *
     * @throws PublishedKeys.KeysUnavailable if it cannot be told now
     */
    Found of(Endpoint endpoint, Delivery delivery) {
        return switch (endpoint.credentials()) {
            case Credentials.Shared(var refs) -> shared(refs, secrets.values(endpoint));
            case Credentials.Published(var where) ->
                new Found.Values(where.of(delivery).map(keys::find).orElse(List.of()));
            case Credentials.Closed(var reason) -> new Found.Never(reason);
            case Credentials.None _ -> new Found.Values(List.of());
        };
    }

    private static Found shared(List<SecretRef> refs, List<byte[]> values) {
        return values.stream().allMatch(value -> value.length == 0)
                ? new Found.Never("there is no secret " + refs.getFirst().name() + "/"
                        + refs.getFirst().key())
                : new Found.Values(values);
    }
}
