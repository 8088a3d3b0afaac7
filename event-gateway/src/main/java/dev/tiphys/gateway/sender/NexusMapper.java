package dev.tiphys.gateway.sender;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Mapper;
import java.util.Optional;

/** Sonatype Nexus Repository: the kind is in a header, what was done to the thing in the body. */
record NexusMapper() implements Mapper {
    @Override
    public Optional<String> delivery(Delivery delivery, JsonNode body) {
        return delivery.header("x-nexus-webhook-delivery");
    }

    @Override
    public Meaning meaning(Delivery delivery, JsonNode body) {
        return Meaning.Happened.one(
                Texts.type(delivery.header("x-nexus-webhook-id").orElse(null), "event"), null);
    }
}
