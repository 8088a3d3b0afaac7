package dev.tiphys.gateway.proof;

import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Verifier;
import java.util.Set;

/** A shared token in {@code Authorization: Bearer}. */
record BearerVerifier() implements Verifier {
    @Override
    public Set<String> headers() {
        return Set.of(Authorization.HEADER);
    }

    @Override
    public boolean verifies(Delivery delivery, byte[] secret) {
        return Tokens.same(Authorization.of(delivery, "Bearer"), secret);
    }
}
