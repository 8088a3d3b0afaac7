package dev.tiphys.gateway.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Verifier;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Standard Webhooks: {@code v1} with a shared key ({@code whsec_}), {@code v1a} with an ed25519 public key ({@code whpk_}).
 * The secret says which of both it is; a signature of the other kind proves nothing.
 */
final class StandardWebhooksVerifier implements Verifier {
    static final String SHARED = "whsec_";
    static final String SIGNATURE = "webhook-signature";

    private static final String PUBLIC = "whpk_";
    private static final String ID = "webhook-id";
    private static final String TIMESTAMP = "webhook-timestamp";

    /** A sender that changes its key signs with two; nobody needs more than this. */
    private static final int MAX_SIGNATURES = 8;

    /** What X.509 writes before an ed25519 key. */
    private static final byte[] ED25519 = HexFormat.of().parseHex("302a300506032b6570032100");

    private static final int ED25519_LENGTH = 32;

    private final Macs macs = new Macs("HmacSHA256");

    @Override
    public Set<String> headers() {
        return Set.of(SIGNATURE);
    }

    @Override
    public boolean verifies(Delivery delivery, byte[] secret) {
        String id = delivery.header(ID).orElse("");
        String timestamp = delivery.header(TIMESTAMP).orElse("");
        String signatures = delivery.header(SIGNATURE).orElse("");
        if (id.isEmpty() || signatures.isEmpty() || !Moment.near(timestamp, delivery.receivedAt())) {
            return false;
        }
        byte[] before = (id + "." + timestamp + ".").getBytes(UTF_8);
        String text = new String(secret, UTF_8).strip();
        if (text.startsWith(SHARED)) {
            byte[] key = decoded(text.substring(SHARED.length()));
            return key != null && key.length > 0 && shared(signatures, macs.digest(key, before, delivery.body()));
        }
        if (text.startsWith(PUBLIC)) {
            byte[] key = decoded(text.substring(PUBLIC.length()));
            return key != null && key.length == ED25519_LENGTH && signed(signatures, key, before, delivery.body());
        }
        return false;
    }

    private static boolean shared(String signatures, byte[] expected) {
        boolean found = false;
        for (byte[] given : given(signatures, "v1,")) {
            found |= MessageDigest.isEqual(given, expected);
        }
        return found;
    }

    private static boolean signed(String signatures, byte[] key, byte[] before, byte[] body) {
        for (byte[] given : given(signatures, "v1a,")) {
            if (signed(given, key, before, body)) {
                return true;
            }
        }
        return false;
    }

    private static boolean signed(byte[] given, byte[] key, byte[] before, byte[] body) {
        try {
            byte[] encoded = new byte[ED25519.length + ED25519_LENGTH];
            System.arraycopy(ED25519, 0, encoded, 0, ED25519.length);
            System.arraycopy(key, 0, encoded, ED25519.length, ED25519_LENGTH);
            PublicKey known = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
            Signature signature = Signature.getInstance("Ed25519");
            signature.initVerify(known);
            signature.update(before);
            signature.update(body);
            return signature.verify(given);
        } catch (GeneralSecurityException e) {
            // No signature of this key.
            return false;
        }
    }

    private static Iterable<byte[]> given(String signatures, String version) {
        return java.util.Arrays.stream(signatures.split(" ", MAX_SIGNATURES + 1))
                .limit(MAX_SIGNATURES)
                .filter(signature -> signature.startsWith(version))
                .map(signature -> decoded(signature.substring(version.length())))
                .filter(java.util.Objects::nonNull)
                .toList();
    }

    private static byte @Nullable [] decoded(String text) {
        return HmacVerifier.Encoding.BASE64.decoded(text);
    }
}
