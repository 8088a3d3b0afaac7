package dev.tiphys.gateway.sender;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Mapper;
import java.util.Optional;

/** JFrog Artifactory: an event's kind is its domain and what happened there, {@code artifact.deployed}. */
record ArtifactoryMapper() implements Mapper {
    @Override
    public Optional<String> delivery(Delivery delivery, JsonNode body) {
        return Optional.empty();
    }

    @Override
    public Meaning meaning(Delivery delivery, JsonNode body) {
        String kind =
                Texts.found(body.path("domain")).map(domain -> domain + ".").orElse("")
                        + Texts.found(body.path("event_type")).orElse("");
        return Meaning.Happened.one(Texts.type(kind, "event"), null);
    }
}
