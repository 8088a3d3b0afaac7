package dev.tiphys.syncer.health;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.stream.Stream;

/** Reading of {@code status.conditions}. */
final class Conditions {

    private Conditions() {}

    static Stream<JsonNode> of(JsonNode object) {
        return object.path("status").path("conditions").valueStream();
    }

    static Optional<JsonNode> find(JsonNode object, String type) {
        return of(object).filter(condition -> isOf(condition, type)).findFirst();
    }

    static Optional<JsonNode> holding(JsonNode object, String type) {
        return find(object, type).filter(Conditions::isTrue);
    }

    static boolean isOf(JsonNode condition, String type) {
        return type.equals(condition.path("type").asText());
    }

    static boolean isTrue(JsonNode condition) {
        return "True".equals(condition.path("status").asText());
    }

    static String message(JsonNode condition) {
        return condition.path("message").asText("");
    }

    static String reason(JsonNode condition) {
        return condition.path("reason").asText("");
    }

    /** {@return {@code reason: message}, with what is there} */
    static String text(JsonNode condition) {
        String reason = reason(condition);
        String message = message(condition);
        if (reason.isEmpty() || message.isEmpty()) {
            return reason + message;
        }
        return reason + ": " + message;
    }
}
