package dev.tiphys.gateway.sender;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Mapper;
import java.util.List;
import java.util.Optional;

/** Docker Hub, which tells of pushes and nothing else. */
record DockerHubMapper() implements Mapper {
    /** Whoever knows that address may answer Docker Hub in the receiver's name. */
    private static final List<String> CAPABILITIES = List.of("callback_url");

    @Override
    public Optional<String> delivery(Delivery delivery, JsonNode body) {
        return Optional.empty();
    }

    @Override
    public Meaning meaning(Delivery delivery, JsonNode body) {
        return new Meaning.Happened(
                List.of(new Happening("push", null, null, Capabilities.removed(body, CAPABILITIES))));
    }
}
