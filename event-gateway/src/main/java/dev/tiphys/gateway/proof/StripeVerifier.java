package dev.tiphys.gateway.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Verifier;
import java.security.MessageDigest;
import java.util.Set;

/** {@code Stripe-Signature: t=…,v1=…}, several {@code v1} while a secret changes. */
final class StripeVerifier implements Verifier {
    private static final String SIGNATURE = "stripe-signature";
    private static final int MAX_PARTS = 16;

    private final Macs macs = new Macs("HmacSHA256");

    @Override
    public Set<String> headers() {
        return Set.of(SIGNATURE);
    }

    @Override
    public boolean verifies(Delivery delivery, byte[] secret) {
        String[] parts = delivery.header(SIGNATURE).orElse("").split(",", MAX_PARTS + 1);
        String timestamp = "";
        for (String part : parts) {
            if (part.strip().startsWith("t=")) {
                timestamp = part.strip().substring("t=".length());
            }
        }
        if (parts.length > MAX_PARTS || !Moment.near(timestamp, delivery.receivedAt())) {
            return false;
        }
        byte[] expected = macs.digest(secret, (timestamp + ".").getBytes(UTF_8), delivery.body());
        boolean found = false;
        for (String part : parts) {
            found |= matches(part.strip(), expected);
        }
        return found;
    }

    private static boolean matches(String part, byte[] expected) {
        if (!part.startsWith("v1=")) {
            return false;
        }
        byte[] given = HmacVerifier.Encoding.HEX.decoded(part.substring("v1=".length()));
        return given != null && MessageDigest.isEqual(given, expected);
    }
}
