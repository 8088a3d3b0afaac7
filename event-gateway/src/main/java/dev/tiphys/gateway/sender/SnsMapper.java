package dev.tiphys.gateway.sender;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Mapper;
import dev.tiphys.gateway.delivery.Verdict.Refusal;
import dev.tiphys.gateway.proof.SnsAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** AWS SNS over HTTP: the event is the message within the envelope. Which topics are let in is decided by the proof. */
record SnsMapper() implements Mapper {
    private static final List<String> CAPABILITIES =
            List.of("Signature", "SigningCertURL", "SubscribeURL", "Token", "UnsubscribeURL");

    /** SNS calls its JSON plain text. */
    @Override
    public boolean reads(@Nullable String contentType) {
        return true;
    }

    @Override
    public Whole whole() {
        return Whole.BESIDE_THE_LEDGER;
    }

    @Override
    public byte[] harmless(byte[] body) {
        return withoutCapabilities(body);
    }

    /** {@return the bytes of an envelope, without what {@link #withoutCapabilities(JsonNode)} leaves out} */
    static byte[] withoutCapabilities(byte[] body) {
        return Json.exactTree(body)
                .map(envelope -> Json.bytes(withoutCapabilities(envelope)))
                .orElse(body);
    }

    /** {@return an envelope without its proof, and without the address at which anybody may end the subscription} */
    static JsonNode withoutCapabilities(JsonNode envelope) {
        return envelope instanceof ObjectNode fields ? fields.deepCopy().remove(CAPABILITIES) : envelope;
    }

    @Override
    public Optional<String> delivery(Delivery delivery, JsonNode body) {
        return Texts.found(body.path("MessageId"));
    }

    @Override
    public Meaning meaning(Delivery delivery, JsonNode body) {
        return invitation(body).orElseGet(() -> switch (body.path("Type").asText("")) {
            case "Notification" ->
                body.path("Message").isTextual()
                        ? new Meaning.Happened(List.of(
                                new Happening(ExternalEvent.MESSAGE, null, null, message(body.path("Message")))))
                        : new Meaning.Refused(Refusal.MALFORMED, "a notification needs a Message");
            case "UnsubscribeConfirmation" -> new Meaning.Nothing("a subscription ended");
            default -> new Meaning.Refused(Refusal.MALFORMED, "the field Type is missing: is the sender SNS?");
        });
    }

    /** {@return that SNS asks whether it may send; empty if it does not ask} */
    static Optional<Meaning> invitation(JsonNode body) {
        if (!body.path("Type").asText("").equals("SubscriptionConfirmation")) {
            return Optional.empty();
        }
        return Optional.of(SnsAddress.confirmation(body.path("SubscribeURL").asText(""))
                .<Meaning>map(Meaning.Invitation::new)
                .orElseGet(() -> new Meaning.Refused(
                        Refusal.MALFORMED, "the SubscribeURL is not one at which SNS confirms subscriptions")));
    }

    private static JsonNode message(JsonNode message) {
        return Json.exactTree(message.textValue().getBytes(UTF_8))
                .filter(JsonNode::isContainerNode)
                .orElseGet(() -> TextNode.valueOf(message.textValue()));
    }
}
