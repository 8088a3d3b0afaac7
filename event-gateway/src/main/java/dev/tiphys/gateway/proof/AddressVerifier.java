package dev.tiphys.gateway.proof;

import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Verifier;
import java.util.Set;

/** An address that nobody can guess: the secret is what stands behind the endpoint's. */
record AddressVerifier() implements Verifier {
    @Override
    public Set<String> headers() {
        return Set.of();
    }

    @Override
    public boolean isInAddress() {
        return true;
    }

    @Override
    public boolean verifies(Delivery delivery, byte[] secret) {
        return Tokens.same(delivery.rest(), secret);
    }
}
