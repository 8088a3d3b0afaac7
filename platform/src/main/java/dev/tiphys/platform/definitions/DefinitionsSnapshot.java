package dev.tiphys.platform.definitions;

import dev.tiphys.contracts.definition.Definition;
import dev.tiphys.contracts.definition.DefinitionKey;
import dev.tiphys.contracts.definition.DefinitionReader;
import dev.tiphys.contracts.definition.StoredDefinition;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** All definitions at one moment. Immutable. */
public final class DefinitionsSnapshot {
    /** No definition at all. */
    public static final DefinitionsSnapshot EMPTY = new DefinitionsSnapshot(0, Map.of());

    /** A stored document and what it was read as; null for a kind that is only kept. */
    private record Entry(StoredDefinition stored, @Nullable Definition definition) {}

    private final long offset;
    private final Map<String, Entry> entries;
    private final Map<Class<?>, Map<String, Definition>> byKind = new ConcurrentHashMap<>();

    private DefinitionsSnapshot(long offset, Map<String, Entry> entries) {
        this.offset = offset;
        this.entries = entries;
    }

    /** {@return a snapshot of the given documents} */
    public static DefinitionsSnapshot of(long offset, Collection<StoredDefinition> stored) {
        Changes changes = new Changes();
        stored.forEach(document -> changes.put(document.key().text(), document));
        return EMPTY.with(offset, changes);
    }

    DefinitionsSnapshot with(long newOffset, Changes changes) {
        if (changes.isEmpty()) {
            return new DefinitionsSnapshot(newOffset, entries);
        }
        Map<String, Entry> next = new TreeMap<>(entries);
        changes.newest.forEach((key, entry) -> {
            if (entry.isPresent()) {
                next.put(key, entry.get());
            } else {
                next.remove(key);
            }
        });
        return new DefinitionsSnapshot(newOffset, next);
    }

    /** Records of the topic that were read together; of each key the last one counts. Not thread-safe. */
    static final class Changes {
        private final Map<String, Optional<Entry>> newest = new HashMap<>();

        void put(String key, StoredDefinition stored) {
            newest.put(key, Optional.of(new Entry(stored, typed(stored))));
        }

        void remove(String key) {
            newest.put(key, Optional.empty());
        }

        boolean isEmpty() {
            return newest.isEmpty();
        }

        private static @Nullable Definition typed(StoredDefinition stored) {
            List<DefinitionReader.Document> documents =
                    DefinitionReader.read(stored).documents();
            return documents.isEmpty() ? null : documents.getFirst().definition();
        }
    }

    /** {@return the version: every record of the topic below this offset is in it} */
    public long offset() {
        return offset;
    }

    /** {@return the definition of a kind and name; empty if there is none} */
    public <T extends Definition> Optional<T> find(Class<T> kind, String name) {
        return Optional.ofNullable(byKind.computeIfAbsent(kind, this::named).get(name))
                .map(kind::cast);
    }

    private Map<String, Definition> named(Class<?> kind) {
        Map<String, Definition> found = new HashMap<>();
        all().stream().filter(kind::isInstance).forEach(definition -> found.putIfAbsent(definition.name(), definition));
        return found;
    }

    /** {@return those of a kind, by namespace and name} */
    public <T extends Definition> List<T> ofKind(Class<T> kind) {
        return Definition.ofKind(all(), kind);
    }

    /** {@return all typed definitions, by kind, namespace and name} */
    public List<Definition> all() {
        return entries.values().stream()
                .flatMap(entry -> Optional.ofNullable(entry.definition()).stream())
                .toList();
    }

    /** {@return all documents, those of kinds that are only kept too, by kind, namespace and name} */
    public List<StoredDefinition> stored() {
        return entries.values().stream().map(Entry::stored).toList();
    }

    /** {@return the document of a key; empty if there is none} */
    public Optional<StoredDefinition> stored(DefinitionKey key) {
        return Optional.ofNullable(entries.get(key.text())).map(Entry::stored);
    }
}
