package dev.tiphys.gateway.sender;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.definition.EventSource.Input.ObjectKeys;
import dev.tiphys.gateway.delivery.Delivery;
import java.util.List;
import java.util.Optional;

/** NetApp StorageGRID. It takes the receiver for AWS SNS, and publishes what happens in a bucket to it: as a form. */
final class StorageGrid {
    private static final List<String> PLAIN = List.of("Action", "TopicArn", "Version");

    private StorageGrid() {}

    /** {@return the notification as Argo writes it, its message as JSON} The other fields of the form may be credentials. */
    static Optional<JsonNode> notification(Delivery delivery) {
        return Form.of(delivery)
                .flatMap(form -> form.first("Message")
                        .flatMap(message -> Json.exactTree(message.getBytes(UTF_8)))
                        .filter(JsonNode::isObject)
                        .map(message -> {
                            ObjectNode notification = JsonNodeFactory.instance.objectNode();
                            PLAIN.forEach(name -> form.first(name).ifPresent(value -> notification.put(name, value)));
                            return notification.set("Message", message);
                        }));
    }

    /** {@return what happened, such as {@code ObjectCreated:Put}} */
    static Optional<String> type(JsonNode notification) {
        return Texts.found(first(notification).path("eventName"));
    }

    /** {@return whether the first record, which is the only one that Argo looks at, is about one of the objects} */
    static boolean isAbout(ObjectKeys objects, JsonNode notification) {
        return objects.equals(ObjectKeys.ALL)
                || Texts.found(first(notification).at("/s3/object/key"))
                        .filter(objects::has)
                        .isPresent();
    }

    private static JsonNode first(JsonNode notification) {
        return notification.at("/Message/Records/0");
    }
}
