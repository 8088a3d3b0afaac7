package dev.tiphys.gateway.definitions;

import dev.tiphys.contracts.definition.DefinitionKey;
import dev.tiphys.contracts.definition.StoredDefinition;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

final class InMemoryStore implements DefinitionStore {
    private final Map<DefinitionKey, StoredDefinition> all = new TreeMap<>(Comparator.comparing(DefinitionKey::text));

    @Override
    public List<StoredDefinition> current() {
        return List.copyOf(all.values());
    }

    @Override
    public void write(DefinitionChange change, String actor) {
        change.written().forEach(stored -> all.put(stored.key(), stored));
        change.deleted().forEach(all::remove);
    }
}
