package dev.tiphys.gateway.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.definition.Verification.Sns;
import dev.tiphys.gateway.delivery.Credentials;
import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.KeyPlace;
import dev.tiphys.gateway.delivery.Verifier;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * SNS' own signature. The envelope is read before it is proven, because it names its key: it is bounded, and only its own
 * few texts are looked at.
 */
record SnsVerifier(Sns policy) implements Verifier, Credentials.Where {
    /** Less than for how long deliveries are known: within it a copy is recognised. */
    private static final Duration OLDEST = Duration.ofDays(1);

    private static final List<String> NOTIFICATION =
            List.of("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type");
    private static final List<String> CONFIRMATION =
            List.of("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type");
    private static final Map<String, List<String>> SIGNED = Map.of(
            "Notification", NOTIFICATION,
            "SubscriptionConfirmation", CONFIRMATION,
            "UnsubscribeConfirmation", CONFIRMATION);
    private static final Map<String, PublicKeys> ALGORITHMS = Map.of("1", PublicKeys.RS1, "2", PublicKeys.RS256);

    @Override
    public Set<String> headers() {
        return Set.of();
    }

    @Override
    public Optional<KeyPlace> of(Delivery delivery) {
        return envelope(delivery)
                .flatMap(envelope ->
                        SnsAddress.certificate(text(envelope, "SigningCertURL"), text(envelope, "TopicArn")))
                .map(address -> new KeyPlace.Certificate(address));
    }

    @Override
    public boolean verifies(Delivery delivery, byte[] key) {
        return envelope(delivery)
                .filter(envelope -> isOfToday(envelope, delivery.receivedAt()))
                .filter(envelope -> signed(envelope, key))
                .isPresent();
    }

    /** SNS tries for an hour as a rule; what is older is somebody else's copy. */
    private static boolean isOfToday(JsonNode envelope, Instant now) {
        try {
            Instant said = Instant.parse(text(envelope, "Timestamp"));
            return Duration.between(said, now).abs().compareTo(OLDEST) < 0;
        } catch (DateTimeException e) {
            // It does not say when it was written, which SNS always does.
            return false;
        }
    }

    private static boolean signed(JsonNode envelope, byte[] key) {
        PublicKeys algorithm = ALGORITHMS.get(text(envelope, "SignatureVersion"));
        byte[] signature = HmacVerifier.Encoding.BASE64.decoded(text(envelope, "Signature"));
        return algorithm != null
                && signature != null
                && algorithm.signed(key, canonical(envelope).getBytes(UTF_8), signature);
    }

    private static String canonical(JsonNode envelope) {
        StringBuilder text = new StringBuilder();
        for (String field : SIGNED.getOrDefault(text(envelope, "Type"), List.of())) {
            if (envelope.path(field).isTextual()) {
                text.append(field).append('\n').append(text(envelope, field)).append('\n');
            }
        }
        return text.toString();
    }

    private Optional<JsonNode> envelope(Delivery delivery) {
        return SnsEnvelope.read(delivery.body())
                .filter(envelope -> SIGNED.containsKey(text(envelope, "Type")))
                .filter(envelope -> policy.topics().contains(text(envelope, "TopicArn")));
    }

    private static String text(JsonNode envelope, String field) {
        return envelope.path(field).asText("");
    }

    /** {@return an address as a URI; empty if it is none} */
    static Optional<URI> uri(String text) {
        try {
            return Optional.of(URI.create(text));
        } catch (IllegalArgumentException e) {
            // No address, and so none of SNS'.
            return Optional.empty();
        }
    }
}
