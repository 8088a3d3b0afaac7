package dev.tiphys.contracts.definition;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.payload.EventType;
import dev.tiphys.contracts.payload.Payload;

/**
 * A definition as people wrote it, with its unknown fields: the record on {@code tiphys.definitions}.
 *
 * @param document the whole document as JSON
 */
@EventType("dev.tiphys.definition.stored.v1")
public record StoredDefinition(String kind, String namespace, String name, JsonNode document) implements Payload {

    /** {@return its key} */
    public DefinitionKey key() {
        return new DefinitionKey(kind, namespace, name);
    }
}
