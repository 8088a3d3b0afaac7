package dev.tiphys.gateway.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Verifier;
import java.security.MessageDigest;
import java.util.Set;

/** Slack's signature of the moment and the raw body with the app's signing secret. */
final class SlackVerifier implements Verifier {
    private static final String SIGNATURE = "x-slack-signature";
    private static final String TIMESTAMP = "x-slack-request-timestamp";
    private static final String VERSION = "v0=";

    private final Macs macs = new Macs("HmacSHA256");

    @Override
    public Set<String> headers() {
        return Set.of(SIGNATURE);
    }

    @Override
    public boolean verifies(Delivery delivery, byte[] secret) {
        String timestamp = delivery.header(TIMESTAMP).orElse("");
        String given = delivery.header(SIGNATURE).orElse("");
        if (!given.startsWith(VERSION) || !Moment.near(timestamp, delivery.receivedAt())) {
            return false;
        }
        byte[] digest = HmacVerifier.Encoding.HEX.decoded(given.substring(VERSION.length()));
        byte[] before = ("v0:" + timestamp + ":").getBytes(UTF_8);
        return digest != null && MessageDigest.isEqual(digest, macs.digest(secret, before, delivery.body()));
    }
}
