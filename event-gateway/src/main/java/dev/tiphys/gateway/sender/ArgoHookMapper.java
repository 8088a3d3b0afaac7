package dev.tiphys.gateway.sender;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.definition.EventSource.Event;
import dev.tiphys.contracts.definition.EventSource.Input.Hook;
import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Mapper;
import dev.tiphys.gateway.delivery.PublicHeaders;
import dev.tiphys.gateway.delivery.Verdict.Refusal;
import dev.tiphys.gateway.delivery.Verifier;
import dev.tiphys.gateway.filter.ArgoFilter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A hook of an EventSource. Its event's body is the payload that Argo Events would make, so that a Sensor's paths fit.
 *
 * @param filter what is let through
 */
record ArgoHookMapper(Event event, Hook hook, Verifier verifier, ArgoFilter filter) implements Mapper {
    private static final String MASKED = "*** Masked Auth Secret ***";
    private static final String EVERYTHING = "*";

    /** Argo takes any content type: what is no JSON is refused when it is read. */
    @Override
    public boolean reads(@Nullable String contentType) {
        return true;
    }

    @Override
    public String form() {
        return "a GET with a query, or a POST with JSON or a form";
    }

    @Override
    public boolean isPublishedTo() {
        return isOf(ArgoSender.STORAGEGRID);
    }

    private boolean isOf(ArgoSender sender) {
        return ArgoSender.of(event.type()) == sender;
    }

    @Override
    public boolean isPlainJson() {
        return false;
    }

    @Override
    public Optional<JsonNode> read(Delivery delivery) {
        if (delivery.method().equals("GET")) {
            return Form.read(delivery.query()).map(Form::lists);
        }
        if (!delivery.method().equals("POST")) {
            return Optional.empty();
        }
        if (isOf(ArgoSender.STORAGEGRID)) {
            return StorageGrid.notification(delivery);
        }
        if (isOf(ArgoSender.SLACK)) {
            return SlackMapper.content(delivery);
        }
        if (!Form.isForm(delivery.headers().get("content-type"))) {
            return Json.exactTree(delivery.body());
        }
        Optional<Form> form = Form.of(delivery);
        return isOf(ArgoSender.GITHUB)
                ? form.flatMap(fields -> fields.first("payload"))
                        .flatMap(payload -> Json.exactTree(payload.getBytes(UTF_8)))
                : form.map(Form::lists);
    }

    @Override
    public Whole whole() {
        return ArgoSender.of(event.type()) == ArgoSender.SLACK ? Whole.NOWHERE : Whole.BESIDE_THE_LEDGER;
    }

    @Override
    public byte[] harmless(byte[] body) {
        return ArgoSender.of(event.type()) == ArgoSender.SNS ? SnsMapper.withoutCapabilities(body) : body;
    }

    @Override
    public Optional<String> delivery(Delivery delivery, JsonNode body) {
        return ArgoSender.of(event.type()).delivery(delivery, body);
    }

    @Override
    public Meaning meaning(Delivery delivery, JsonNode body) {
        ArgoSender sender = ArgoSender.of(event.type());
        Optional<Meaning> asked = sender.asks(body);
        if (asked.isPresent()) {
            return asked.get();
        }
        String said = sender.type(delivery, body).orElse("");
        if (!hook.events().isEmpty()
                && !hook.events().contains(EVERYTHING)
                && !hook.events().contains(said)) {
            return new Meaning.Nothing("this kind of event is not in the list of the EventSource");
        }
        String repository = sender.repository(body).orElse("");
        if (!hook.repositories().isEmpty() && hook.repositories().stream().noneMatch(repository::equalsIgnoreCase)) {
            return new Meaning.Refused(Refusal.FOREIGN, "the repository is not in the list of the EventSource");
        }
        if (!StorageGrid.isAbout(hook.objects(), body)) {
            return new Meaning.Nothing("the object is not one that the filter of the EventSource lets through");
        }
        JsonNode payload =
                payload(sender, delivery, sender == ArgoSender.SNS ? SnsMapper.withoutCapabilities(body) : body);
        return switch (filter.test(payload)) {
            case ArgoFilter.Outcome.Through() ->
                new Meaning.Happened(
                        List.of(new Happening(Texts.type(said, event.type()), event.name(), null, payload)));
            case ArgoFilter.Outcome.Dropped(var reason) -> new Meaning.Nothing(reason);
        };
    }

    private JsonNode payload(ArgoSender sender, Delivery delivery, JsonNode body) {
        ObjectNode payload = JsonNodeFactory.instance.objectNode();
        switch (sender.shape()) {
            case HEADER -> payload.set("header", headers(delivery));
            case HEADERS -> payload.set("headers", headers(delivery));
            case EVENT, NOTIFICATION, WHOLE -> {
                // Nothing of the request but its body.
            }
        }
        switch (sender.shape()) {
            case HEADER, HEADERS -> payload.set("body", body);
            case EVENT -> payload.set("event", body);
            case NOTIFICATION -> payload.set("notification", body);
            case WHOLE -> {
                return slack(body);
            }
        }
        if (!event.metadata().isEmpty()) {
            ObjectNode metadata = payload.putObject("metadata");
            new TreeMap<>(event.metadata()).forEach(metadata::put);
        }
        return payload;
    }

    /** Argo passes Slack's requests on as they are, and of an event only what happened. */
    private static JsonNode slack(JsonNode body) {
        if (!body.path("type").asText("").equals("event_callback")) {
            return SlackMapper.harmless(body);
        }
        JsonNode inner = body.path("event");
        ObjectNode payload = JsonNodeFactory.instance.objectNode();
        payload.set("type", JsonNodeFactory.instance.textNode(inner.path("type").asText("")));
        payload.set("data", inner);
        return payload;
    }

    /** {@return the headers as Go writes them, without those that carry secrets} */
    private ObjectNode headers(Delivery delivery) {
        ObjectNode headers = JsonNodeFactory.instance.objectNode();
        PublicHeaders.of(verifier, delivery)
                .forEach((name, value) -> headers.putArray(canonical(name)).add(value));
        if (delivery.headers().containsKey("authorization")) {
            headers.putArray("Authorization").add(MASKED);
        }
        return headers;
    }

    /** {@return a header's name as Go writes it: {@code X-Github-Event}} */
    static String canonical(String name) {
        StringBuilder canonical = new StringBuilder(name.length());
        boolean first = true;
        for (int i = 0; i < name.length(); i++) {
            String sign = name.substring(i, i + 1);
            canonical.append(first ? sign.toUpperCase(Locale.ROOT) : sign.toLowerCase(Locale.ROOT));
            first = sign.equals("-");
        }
        return canonical.toString();
    }
}
