package dev.tiphys.engine.trigger;

import dev.tiphys.contracts.definition.Definition;
import dev.tiphys.engine.run.Library;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The definitions as they would be with some of them changed. */
public record EditedLibrary(Library base, List<Definition> edited) implements Library {
    public EditedLibrary {
        edited = List.copyOf(edited);
    }

    @Override
    public <T extends Definition> Optional<T> find(Class<T> kind, String name) {
        return Definition.ofKind(edited, kind).stream()
                .filter(definition -> definition.name().equals(name))
                .findFirst()
                .or(() -> base.find(kind, name));
    }

    @Override
    public <T extends Definition> List<T> ofKind(Class<T> kind) {
        List<T> all = new ArrayList<>(Definition.ofKind(edited, kind));
        base.ofKind(kind).stream()
                .filter(there -> all.stream().noneMatch(other -> other.name().equals(there.name())))
                .toList()
                .forEach(all::add);
        return all;
    }
}
