package dev.tiphys.gateway.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.contracts.event.GitChange;
import dev.tiphys.gateway.delivery.Mapper.Meaning;
import dev.tiphys.gateway.delivery.Verdict.Accepted;
import dev.tiphys.gateway.delivery.Verdict.Irrelevant;
import dev.tiphys.gateway.delivery.Verdict.Refusal;
import dev.tiphys.gateway.delivery.Verdict.Rejected;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Judges deliveries: the proof first, on the raw bytes; only what is proven is parsed. Pure and total. */
public final class DeliveryRules {
    /** One text for every way in which a proof can be wrong: a stranger learns nothing from it. */
    static final String UNVERIFIED = "the signature or token is missing or wrong";

    private static final String SOURCE = "/tiphys/gateway/";
    private static final Pattern DELIVERY_ID = Pattern.compile("[\\x21-\\x7e]{1,200}");
    private static final Pattern TRACEPARENT = Pattern.compile("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");
    private static final Pattern CONFIDENTIAL =
            Pattern.compile(".*(authorization|signature|token|secret|password|cookie|api-?key|jwt|credential).*");

    private DeliveryRules() {}

    /**
     * Judges a delivery.
     *
     * @param secrets the values of the endpoint's secrets that exist, the present one first; empty ones are passed over
     * @param definitionsOffset the version of the definitions that the endpoint is from
     */
    public static Verdict judge(Endpoint endpoint, List<byte[]> secrets, long definitionsOffset, Delivery delivery) {
        int secret = matching(endpoint.verifier(), secrets, delivery);
        if (secret < 0) {
            return new Rejected(Refusal.UNVERIFIED, UNVERIFIED);
        }
        Optional<JsonNode> parsed = Json.exactTree(delivery.body());
        if (parsed.isEmpty()) {
            return new Rejected(Refusal.MALFORMED, "the body is not JSON that is read here");
        }
        JsonNode body = parsed.get();
        return switch (endpoint.mapper().meaning(delivery, body)) {
            case Meaning.Nothing(var reason) -> new Irrelevant(reason);
            case Meaning.Refused(var refusal, var reason) -> new Rejected(refusal, reason);
            case Meaning.Happened(var type, var git) ->
                new Accepted(event(endpoint, definitionsOffset, delivery, body, type, git), secret);
        };
    }

    /** {@return the id of the event that a delivery becomes: the same for a redelivery} */
    static String eventId(String endpoint, String deliveryId) {
        return sha256((endpoint + "\n" + deliveryId).getBytes(UTF_8)).substring(0, 32);
    }

    /** Every secret is tried, whatever the ones before came to. */
    private static int matching(Verifier verifier, List<byte[]> secrets, Delivery delivery) {
        int found = -1;
        for (int i = secrets.size() - 1; i >= 0; i--) {
            byte[] secret = secrets.get(i);
            if (secret.length > 0 && verifier.verifies(delivery, secret)) {
                found = i;
            }
        }
        return found;
    }

    private static CloudEvent<ExternalEvent> event(
            Endpoint endpoint,
            long definitionsOffset,
            Delivery delivery,
            JsonNode body,
            String type,
            @Nullable GitChange git) {
        Optional<String> given = endpoint.mapper()
                .delivery(delivery)
                .filter(id -> DELIVERY_ID.matcher(id).matches());
        String deliveryId = given.orElseGet(() -> "sha256-" + sha256(delivery.body()));
        String traceparent = delivery.header("traceparent")
                .filter(value -> TRACEPARENT.matcher(value).matches())
                .orElse(null);
        return new CloudEvent<>(
                eventId(endpoint.name(), deliveryId),
                SOURCE + endpoint.name(),
                git == null ? type : git.ref(),
                delivery.receivedAt(),
                new Causality(null, null, traceparent, definitionsOffset),
                new ExternalEvent(
                        endpoint.name(), type, deliveryId, git, publicHeaders(endpoint.verifier(), delivery), body));
    }

    private static Map<String, String> publicHeaders(Verifier verifier, Delivery delivery) {
        Map<String, String> headers = new TreeMap<>();
        delivery.headers().forEach((name, value) -> {
            if (!name.equals(verifier.header()) && !CONFIDENTIAL.matcher(name).matches()) {
                headers.put(name, value);
            }
        });
        return headers;
    }

    private static String sha256(byte[] value) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(value));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every Java", e);
        }
    }
}
