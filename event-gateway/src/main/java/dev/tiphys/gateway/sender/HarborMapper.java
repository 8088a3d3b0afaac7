package dev.tiphys.gateway.sender;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Mapper;
import java.util.Optional;

/** Harbor, in its own form and in that of CloudEvents, which has an id. */
record HarborMapper() implements Mapper {
    @Override
    public Optional<String> delivery(Delivery delivery, JsonNode body) {
        return body.has("specversion") ? Texts.found(body.path("id")) : Optional.empty();
    }

    @Override
    public Meaning meaning(Delivery delivery, JsonNode body) {
        return Meaning.Happened.one(Texts.type(Texts.text(body.path("type")), "event"), null);
    }
}
