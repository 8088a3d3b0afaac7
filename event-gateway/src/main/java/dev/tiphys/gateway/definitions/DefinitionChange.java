package dev.tiphys.gateway.definitions;

import dev.tiphys.contracts.definition.DefinitionKey;
import dev.tiphys.contracts.definition.Finding;
import dev.tiphys.contracts.definition.StoredDefinition;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a text does to the definitions.
 *
 * @param warnings what its author should know
 */
public record DefinitionChange(
        List<StoredDefinition> created,
        List<StoredDefinition> updated,
        List<StoredDefinition> unchanged,
        List<DefinitionKey> deleted,
        List<Finding> warnings) {

    public DefinitionChange {
        created = List.copyOf(created);
        updated = List.copyOf(updated);
        unchanged = List.copyOf(unchanged);
        deleted = List.copyOf(deleted);
        warnings = List.copyOf(warnings);
    }

    /** {@return the change that deletes one definition} */
    public static DefinitionChange deletion(DefinitionKey key) {
        return new DefinitionChange(List.of(), List.of(), List.of(), List.of(key), List.of());
    }

    /** {@return the documents to write} */
    public List<StoredDefinition> written() {
        return Stream.concat(created.stream(), updated.stream()).toList();
    }

    /** {@return whether nothing is to be done} */
    public boolean isEmpty() {
        return created.isEmpty() && updated.isEmpty() && deleted.isEmpty();
    }
}
