package dev.tiphys.gateway.sender;

import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Verifier;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A keyed digest of the raw body in a header.
 *
 * @param header in lower case
 * @param algorithm {@code sha256} or {@code sha512}
 * @param prefix what stands before the digest; may be empty
 * @param encoding {@code hex} or {@code base64}
 */
record HmacVerifier(String header, String algorithm, String prefix, String encoding) implements Verifier {
    private static final Map<String, String> ALGORITHMS = Map.of("sha256", "HmacSHA256", "sha512", "HmacSHA512");

    /** As GitHub signs; it needs the algorithms. */
    static final HmacVerifier GITHUB = new HmacVerifier("x-hub-signature-256", "sha256", "sha256=", "hex");

    HmacVerifier {
        if (!ALGORITHMS.containsKey(algorithm)) {
            throw new IllegalArgumentException("there is no algorithm " + algorithm);
        }
    }

    @Override
    public Set<String> headers() {
        return Set.of(header);
    }

    @Override
    public boolean verifies(Delivery delivery, byte[] secret) {
        Optional<String> given = delivery.header(header);
        if (given.isEmpty() || !given.get().startsWith(prefix)) {
            return false;
        }
        byte[] digest = decoded(given.get().substring(prefix.length()));
        return digest != null && MessageDigest.isEqual(digest, expected(delivery.body(), secret));
    }

    private byte[] expected(byte[] body, byte[] secret) {
        String name = ALGORITHMS.getOrDefault(algorithm, "");
        try {
            Mac mac = Mac.getInstance(name);
            mac.init(new SecretKeySpec(secret, name));
            return mac.doFinal(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(name + " is part of every Java", e);
        }
    }

    private byte @Nullable [] decoded(String text) {
        try {
            return encoding.equals("hex")
                    ? HexFormat.of().parseHex(text)
                    : Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            // Not what a digest looks like, and so not the right one.
            return null;
        }
    }
}
