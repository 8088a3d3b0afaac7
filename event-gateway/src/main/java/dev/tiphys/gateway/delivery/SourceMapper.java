package dev.tiphys.gateway.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.stream.Stream;

/** A sender that nobody here knows: its event is its body, with a type and an id if it gives them. */
record SourceMapper() implements Mapper {
    private static final int LONGEST_TYPE = 200;

    @Override
    public Optional<String> delivery(Delivery delivery) {
        return Stream.of("x-delivery-id", "idempotency-key", "webhook-id")
                .flatMap(header -> delivery.header(header).stream())
                .findFirst();
    }

    @Override
    public Meaning meaning(Delivery delivery, JsonNode body) {
        String type = delivery.header("x-event-type")
                .orElseGet(() -> body.path("type").asText(""));
        if (type.length() > LONGEST_TYPE) {
            return new Meaning.Refused(
                    Verdict.Refusal.MALFORMED, "the type of an event has up to " + LONGEST_TYPE + " signs");
        }
        return new Meaning.Happened(type.isBlank() ? "event" : type, null);
    }
}
