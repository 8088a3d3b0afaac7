package dev.tiphys.gateway.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** A shared token in {@code Authorization: Bearer}. */
record BearerVerifier() implements Verifier {
    private static final String SCHEME = "Bearer ";

    @Override
    public String header() {
        return "authorization";
    }

    @Override
    public boolean verifies(Delivery delivery, byte[] secret) {
        String given = delivery.header(header()).orElse("");
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
