package dev.tiphys.gateway.sender;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Verifier;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Set;

/** A shared token in {@code Authorization: Bearer}. */
record BearerVerifier() implements Verifier {
    private static final String HEADER = "authorization";
    private static final String SCHEME = "Bearer ";

    @Override
    public Set<String> headers() {
        return Set.of(HEADER);
    }

    @Override
    public boolean verifies(Delivery delivery, byte[] secret) {
        String given = delivery.header(HEADER).orElse("");
        if (!given.regionMatches(/* ignoreCase= */ true, 0, SCHEME, 0, SCHEME.length())) {
            return false;
        }
        byte[] token = given.substring(SCHEME.length()).strip().getBytes(UTF_8);
        // Digests have one length: comparing them does not tell how long the token is.
        return MessageDigest.isEqual(digest(token), digest(secret));
    }

    private static byte[] digest(byte[] value) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(value);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every Java", e);
        }
    }
}
