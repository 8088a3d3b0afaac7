package dev.tiphys.gateway.proof;

import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Verifier;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A keyed digest of the raw body in a header. */
final class HmacVerifier implements Verifier {
    private static final Map<String, String> ALGORITHMS =
            Map.of("sha1", "HmacSHA1", "sha256", "HmacSHA256", "sha512", "HmacSHA512");

    private final String header;
    private final String prefix;
    private final Encoding encoding;
    private final Macs macs;

    /** How a digest is written. */
    enum Encoding {
        HEX,
        BASE64;

        byte @Nullable [] decoded(String text) {
            try {
                return switch (this) {
                    case HEX -> HexFormat.of().parseHex(text);
                    case BASE64 -> Base64.getDecoder().decode(text);
                };
            } catch (IllegalArgumentException e) {
                // Not what a digest looks like, and so not the right one.
                return null;
            }
        }
    }

    /**
     * @param header in lower case
     * @param algorithm {@code sha1}, {@code sha256} or {@code sha512}
     * @param prefix what stands before the digest; may be empty
     */
    HmacVerifier(String header, String algorithm, String prefix, Encoding encoding) {
        String name = ALGORITHMS.get(algorithm);
        if (name == null) {
            throw new IllegalArgumentException("there is no algorithm " + algorithm);
        }
        this.header = header;
        this.prefix = prefix;
        this.encoding = encoding;
        this.macs = new Macs(name);
    }

    /** {@return a verifier of {@code sha256=} and hex digits, as GitHub and its likes sign} */
    static HmacVerifier sha256(String header) {
        return new HmacVerifier(header, "sha256", "sha256=", Encoding.HEX);
    }

    /** {@return a verifier of hex digits alone} */
    static HmacVerifier bareSha256(String header) {
        return new HmacVerifier(header, "sha256", "", Encoding.HEX);
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
        byte[] digest = encoding.decoded(given.get().substring(prefix.length()));
        return digest != null && MessageDigest.isEqual(digest, macs.digest(secret, delivery.body()));
    }
}
