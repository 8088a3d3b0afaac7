package dev.tiphys.gateway.proof;

import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Verifier;
import java.util.Set;

/** Nothing proves anything; whether that will do is decided by the credentials. */
record NoProof() implements Verifier {
    @Override
    public Set<String> headers() {
        return Set.of();
    }

    @Override
    public boolean verifies(Delivery delivery, byte[] secret) {
        return false;
    }
}
