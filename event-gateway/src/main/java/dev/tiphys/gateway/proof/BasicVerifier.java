package dev.tiphys.gateway.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Verifier;
import java.util.Base64;
import java.util.Set;

/** {@code Authorization: Basic}; the secret is {@code user:password}. */
record BasicVerifier() implements Verifier {
    @Override
    public Set<String> headers() {
        return Set.of(Authorization.HEADER);
    }

    @Override
    public boolean verifies(Delivery delivery, byte[] secret) {
        return Tokens.same(decoded(Authorization.of(delivery, "Basic")), secret);
    }

    private static String decoded(String text) {
        try {
            return new String(Base64.getDecoder().decode(text), UTF_8);
        } catch (IllegalArgumentException e) {
            // No Base64, and so no proof.
            return "";
        }
    }
}
