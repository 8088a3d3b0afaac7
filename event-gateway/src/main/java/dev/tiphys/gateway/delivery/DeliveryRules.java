package dev.tiphys.gateway.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.contracts.event.GitChange;
import dev.tiphys.gateway.delivery.Mapper.Happening;
import dev.tiphys.gateway.delivery.Mapper.Meaning;
import dev.tiphys.gateway.delivery.Verdict.Accepted;
import dev.tiphys.gateway.delivery.Verdict.Challenged;
import dev.tiphys.gateway.delivery.Verdict.Invited;
import dev.tiphys.gateway.delivery.Verdict.Irrelevant;
import dev.tiphys.gateway.delivery.Verdict.Refusal;
import dev.tiphys.gateway.delivery.Verdict.Rejected;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Judges deliveries: the proof first, on the raw bytes; only what is proven is parsed. Pure and total. */
public final class DeliveryRules {
    /** One text for every way in which a proof can be wrong: a stranger learns nothing from it. */
    static final String UNVERIFIED = "the signature or token is missing or wrong";

    private static final String SOURCE = "/tiphys/gateway/";
    private static final Pattern DELIVERY_ID = Pattern.compile("[\\x21-\\x7e]{1,200}");
    private static final Pattern TRACEPARENT = Pattern.compile("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

    private DeliveryRules() {}

    /**
     * Judges a delivery.
     *
     * @param secrets the values of the endpoint's secrets, the present one first, or the keys that its sender publishes; empty
     *     ones are passed over
     * @param definitionsOffset the version of the definitions that the endpoint is from
     */
    public static Verdict judge(Endpoint endpoint, List<byte[]> secrets, long definitionsOffset, Delivery delivery) {
        int secret = matching(endpoint, secrets, delivery);
        if (secret < 0) {
            return new Rejected(Refusal.UNVERIFIED, UNVERIFIED);
        }
        return judgeVerified(endpoint, secret, definitionsOffset, delivery);
    }

    /**
     * Judges a delivery that was verified before, when it came.
     *
     * @param secret which of the endpoint's secrets had signed it
     */
    public static Verdict judgeVerified(Endpoint endpoint, int secret, long definitionsOffset, Delivery delivery) {
        Optional<JsonNode> read = endpoint.mapper().read(delivery);
        if (read.isEmpty()) {
            return new Rejected(
                    Refusal.MALFORMED,
                    "the body is not what is read here: " + endpoint.mapper().form());
        }
        JsonNode body = read.get();
        return switch (endpoint.mapper().meaning(delivery, body)) {
            case Meaning.Nothing(var reason) -> new Irrelevant(reason, secret);
            case Meaning.Refused(var refusal, var reason) -> new Rejected(refusal, reason);
            case Meaning.Challenge(var answer) -> new Challenged(answer, secret);
            case Meaning.Invitation(var accept) -> new Invited(accept, secret);
            case Meaning.Happened(var happenings) ->
                accepted(endpoint, definitionsOffset, delivery, body, happenings, secret);
        };
    }

    private static Accepted accepted(
            Endpoint endpoint,
            long definitionsOffset,
            Delivery delivery,
            JsonNode body,
            List<Happening> happenings,
            int secret) {
        String deliveryId = endpoint.mapper()
                .delivery(delivery, body)
                .filter(DeliveryRules::isDeliveryId)
                .orElseGet(() -> ownId(delivery));
        Causality causality = new Causality(
                null, null, traceparent(delivery.header("traceparent").orElse(null)), definitionsOffset);
        Map<String, String> headers = PublicHeaders.of(endpoint.verifier(), delivery);
        List<CloudEvent<ExternalEvent>> events = new ArrayList<>();
        for (Happening happening : happenings) {
            GitChange git = happening.git();
            JsonNode own = happening.body();
            events.add(new CloudEvent<>(
                    eventId(endpoint.name(), deliveryId, events.size()),
                    SOURCE + endpoint.name(),
                    git == null ? happening.type() : git.ref(),
                    delivery.receivedAt(),
                    causality,
                    new ExternalEvent(
                            endpoint.owner(),
                            happening.name(),
                            happening.type(),
                            deliveryId,
                            git,
                            headers,
                            Map.of(),
                            own == null ? body : own)));
        }
        boolean untouched =
                endpoint.mapper().isPlainJson() && happenings.stream().allMatch(happening -> happening.body() == null);
        return new Accepted(deliveryId, events, untouched, secret);
    }

    /**
     * {@return the id of an event of a delivery: the same for a redelivery}
     *
     * @param place of the event among those of the delivery, from 0
     */
    public static String eventId(String endpoint, String deliveryId, int place) {
        String text = endpoint + "\n" + deliveryId + (place == 0 ? "" : "\n" + place);
        return Sha256.hex(text).substring(0, 32);
    }

    /**
     * {@return an id for a delivery that has none} Each is a delivery of its own: two that say the same may both be meant, and
     * none is dropped for it.
     */
    private static String ownId(Delivery delivery) {
        String moment = delivery.method() + "\n" + delivery.query() + "\n" + delivery.receivedAt() + "\n";
        return "own-" + Sha256.hex(moment + HexFormat.of().formatHex(Sha256.of(delivery.body())));
    }

    /** Every secret is tried, whatever the ones before came to. */
    private static int matching(Endpoint endpoint, List<byte[]> secrets, Delivery delivery) {
        if (endpoint.credentials() instanceof Credentials.None) {
            return 0;
        }
        int found = -1;
        for (int i = secrets.size() - 1; i >= 0; i--) {
            byte[] secret = secrets.get(i);
            if (secret.length > 0 && endpoint.verifier().verifies(delivery, secret)) {
                found = i;
            }
        }
        return found;
    }

    /** {@return a W3C trace context that came from outside; null if there is none, or it is none} */
    public static @Nullable String traceparent(@Nullable String value) {
        return value != null && TRACEPARENT.matcher(value).matches() ? value : null;
    }

    /** {@return whether a text may be the id of a delivery} */
    public static boolean isDeliveryId(String id) {
        return DELIVERY_ID.matcher(id).matches();
    }
}
