package dev.tiphys.gateway.proof;

import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Verifier;
import java.util.Set;

/**
 * A shared token as the whole value of a header.
 *
 * @param header in lower case
 */
record TokenVerifier(String header) implements Verifier {
    @Override
    public Set<String> headers() {
        return Set.of(header);
    }

    @Override
    public boolean verifies(Delivery delivery, byte[] secret) {
        return Tokens.same(delivery.header(header).orElse(""), secret);
    }
}
