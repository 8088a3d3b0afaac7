package dev.tiphys.gateway.sender;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Mapper;
import dev.tiphys.gateway.delivery.Verdict.Refusal;
import java.util.Optional;
import java.util.stream.Stream;

/** A sender that nobody here knows: its event is its body, with a type and an id if it gives them. */
record SourceMapper() implements Mapper {
    private static final int LONGEST_TYPE = 200;

    @Override
    public Optional<String> delivery(Delivery delivery, JsonNode body) {
        return Stream.of("x-delivery-id", "idempotency-key", "webhook-id")
                .flatMap(header -> delivery.header(header).stream())
                .findFirst();
    }

    @Override
    public Meaning meaning(Delivery delivery, JsonNode body) {
        String type = delivery.header("x-event-type")
                .orElseGet(() -> body.path("type").asText(""));
        if (type.length() > LONGEST_TYPE) {
            return new Meaning.Refused(Refusal.MALFORMED, "the type of an event has up to " + LONGEST_TYPE + " signs");
        }
        return Meaning.Happened.one(type.isBlank() ? "event" : type, null);
    }
}
