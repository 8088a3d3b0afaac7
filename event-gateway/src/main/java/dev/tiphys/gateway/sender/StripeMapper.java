package dev.tiphys.gateway.sender;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Mapper;
import java.util.Optional;

/** Stripe. */
record StripeMapper() implements Mapper {
    @Override
    public Optional<String> delivery(Delivery delivery, JsonNode body) {
        return Texts.found(body.path("id"));
    }

    @Override
    public Meaning meaning(Delivery delivery, JsonNode body) {
        return Meaning.Happened.one(Texts.type(Texts.text(body.path("type")), "event"), null);
    }
}
