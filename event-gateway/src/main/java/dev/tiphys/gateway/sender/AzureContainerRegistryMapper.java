package dev.tiphys.gateway.sender;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Mapper;
import java.util.Optional;

/** Azure Container Registry. */
record AzureContainerRegistryMapper() implements Mapper {
    @Override
    public Optional<String> delivery(Delivery delivery, JsonNode body) {
        return Texts.found(body.path("id"));
    }

    @Override
    public Meaning meaning(Delivery delivery, JsonNode body) {
        String action = Texts.type(Texts.text(body.path("action")), "event");
        return action.equals("ping") ? new Meaning.Nothing("ping") : Meaning.Happened.one(action, null);
    }
}
