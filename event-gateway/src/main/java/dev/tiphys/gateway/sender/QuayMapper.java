package dev.tiphys.gateway.sender;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Mapper;
import java.util.Optional;

/** Quay, which does not say what kind of event it is: its fields do. */
record QuayMapper() implements Mapper {
    @Override
    public Optional<String> delivery(Delivery delivery, JsonNode body) {
        return Optional.empty();
    }

    @Override
    public Meaning meaning(Delivery delivery, JsonNode body) {
        return Meaning.Happened.one(type(body), null);
    }

    private static String type(JsonNode body) {
        if (body.has("updated_tags")) {
            return "repo_push";
        }
        if (body.has("vulnerability")) {
            return "vulnerability_found";
        }
        return body.has("build_id") ? "build" : "event";
    }
}
