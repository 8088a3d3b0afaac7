package dev.tiphys.engine.run;

import dev.tiphys.contracts.definition.Definition;
import java.util.List;
import java.util.Optional;

/** The definitions at one moment. */
public interface Library {

    /** {@return the definition of that kind and name} */
    <T extends Definition> Optional<T> find(Class<T> kind, String name);

    /** {@return all of a kind} */
    <T extends Definition> List<T> ofKind(Class<T> kind);
}
