package dev.tiphys.gateway.definitions;

import dev.tiphys.contracts.definition.DefinitionChecks;
import dev.tiphys.contracts.definition.DefinitionKey;
import dev.tiphys.contracts.definition.DefinitionReader;
import dev.tiphys.contracts.definition.DefinitionReader.Reading;
import dev.tiphys.contracts.definition.StoredDefinition;
import dev.tiphys.gateway.definitions.DefinitionPlan.Outcome;
import dev.tiphys.platform.expression.Outlines;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Takes changes of definitions in, one after the other: what is checked is what is written. Blocking; for virtual threads.
 */
public final class DefinitionDesk {
    private final DefinitionStore store;
    private final ExpressionSyntax syntax;
    private final Outlines outlines;
    private final ReentrantLock turn = new ReentrantLock();

    public DefinitionDesk(DefinitionStore store, ExpressionSyntax syntax, Outlines outlines) {
        this.store = store;
        this.syntax = syntax;
        this.outlines = outlines;
    }

    /** What came of a deletion. */
    public sealed interface Deletion {
        /** It is gone. */
        record Done() implements Deletion {}

        /** There was none. */
        record NotThere() implements Deletion {}

        /** Others still name it. */
        record StillNamed(List<DefinitionChecks.Reference> by) implements Deletion {
            public StillNamed {
                by = List.copyOf(by);
            }
        }
    }

    /**
     * Applies readings, all or nothing; when it returns, {@link #all} shows them.
     *
     * @param from see {@link DefinitionPlan#plan}
     * @throws DefinitionStore.StoreUnavailable if it is not known to be done; the caller tries again later
     */
    public Outcome apply(List<Reading> readings, @Nullable FileSet from, String actor) throws InterruptedException {
        turn.lockInterruptibly();
        try {
            Outcome outcome = check(readings, from);
            if (outcome instanceof Outcome.Possible(DefinitionChange change) && !change.isEmpty()) {
                store.write(change, actor);
            }
            return outcome;
        } finally {
            turn.unlock();
        }
    }

    /** {@return what {@link #apply} would do now} */
    public Outcome check(List<Reading> readings, @Nullable FileSet from) {
        return DefinitionPlan.plan(store.current(), readings, from, syntax, outlines);
    }

    /**
     * Deletes a definition; when it returns, {@link #all} does not show it.
     *
     * @throws DefinitionStore.StoreUnavailable if it is not known to be done; the caller tries again later
     */
    public Deletion delete(String kind, String name, boolean force, String actor) throws InterruptedException {
        turn.lockInterruptibly();
        try {
            Optional<StoredDefinition> found = find(kind, name);
            if (found.isEmpty()) {
                return new Deletion.NotThere();
            }
            DefinitionKey key = found.get().key();
            List<DefinitionChecks.Reference> by = force ? List.of() : naming(key);
            if (!by.isEmpty()) {
                return new Deletion.StillNamed(by);
            }
            store.write(DefinitionChange.deletion(key), actor);
            return new Deletion.Done();
        } finally {
            turn.unlock();
        }
    }

    /** {@return all documents, in the order of their keys} */
    public List<StoredDefinition> all() {
        return store.current();
    }

    /** {@return the document of a kind, whatever its case, and a name} */
    public Optional<StoredDefinition> find(String kind, String name) {
        return all().stream()
                .filter(stored -> stored.kind().equalsIgnoreCase(kind))
                .filter(stored -> stored.name().equals(name))
                .findFirst();
    }

    private List<DefinitionChecks.Reference> naming(DefinitionKey key) {
        return all().stream()
                .filter(stored -> !stored.key().equals(key))
                .flatMap(stored -> DefinitionReader.read(stored).documents().stream())
                .flatMap(document -> Stream.ofNullable(document.definition()))
                .flatMap(definition -> DefinitionChecks.references(definition).stream())
                .filter(reference ->
                        reference.kind().equals(key.kind()) && reference.name().equals(key.name()))
                .toList();
    }
}
