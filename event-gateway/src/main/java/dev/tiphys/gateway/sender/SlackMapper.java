package dev.tiphys.gateway.sender;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.tiphys.contracts.Json;
import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Mapper;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Slack's events ({@code app_mention}), interactions ({@code block_actions}) and slash commands ({@code /deploy}); what is
 * in quotes is the event's type.
 */
record SlackMapper() implements Mapper {
    /** The token is a secret of old; the others let whoever knows them speak in the workspace for half an hour. */
    private static final List<String> CAPABILITIES = List.of("token", "response_url", "response_urls", "trigger_id");

    @Override
    public boolean reads(@Nullable String contentType) {
        return Form.isForm(contentType) || Delivery.isJson(contentType);
    }

    @Override
    public String form() {
        return "JSON, or a form with a payload or a command";
    }

    @Override
    public boolean isPlainJson() {
        return false;
    }

    @Override
    public Optional<JsonNode> read(Delivery delivery) {
        return content(delivery);
    }

    /** {@return what a request of Slack's holds, whichever of the three it is} */
    static Optional<JsonNode> content(Delivery delivery) {
        if (!Form.isForm(delivery.headers().get("content-type"))) {
            return Json.exactTree(delivery.body());
        }
        return Form.of(delivery).flatMap(form -> {
            Optional<String> payload = form.first("payload");
            if (payload.isPresent()) {
                return Json.exactTree(payload.get().getBytes(UTF_8));
            }
            return form.first("command").map(_ -> form.flat());
        });
    }

    /** Its requests carry a token, and addresses at which whoever knows them answers. */
    @Override
    public Whole whole() {
        return Whole.NOWHERE;
    }

    @Override
    public Optional<String> delivery(Delivery delivery, JsonNode body) {
        return Texts.found(body.path("event_id"));
    }

    @Override
    public Meaning meaning(Delivery delivery, JsonNode body) {
        return challenge(body)
                .orElseGet(() -> new Meaning.Happened(
                        List.of(new Happening(type(body), null, null, Capabilities.removed(body, CAPABILITIES)))));
    }

    /** {@return the answer to Slack's question whether anybody is there; empty if it asks nothing} */
    static Optional<Meaning> challenge(JsonNode body) {
        return body.path("type").asText("").equals("url_verification")
                ? Optional.of(new Meaning.Challenge(JsonNodeFactory.instance
                        .objectNode()
                        .put("challenge", body.path("challenge").asText(""))))
                : Optional.empty();
    }

    /** {@return what happened, in Slack's word} */
    static String type(JsonNode body) {
        String type = Texts.text(body.path("type"));
        if ("event_callback".equals(type)) {
            type = Texts.text(body.path("event").path("type"));
        }
        return Texts.type(type == null ? Texts.text(body.path("command")) : type, "event");
    }

    /** {@return a request without what whoever reads it could act by} */
    static JsonNode harmless(JsonNode body) {
        JsonNode removed = Capabilities.removed(body, CAPABILITIES);
        return removed == null ? body : removed;
    }
}
