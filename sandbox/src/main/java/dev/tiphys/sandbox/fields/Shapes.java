package dev.tiphys.sandbox.fields;

import java.util.List;

/** What apply has to know of a kind's schema. A path names fields only; list items leave no trace in it. */
public interface Shapes {

    /** How the list at this path is merged. */
    ListShape listAt(List<String> path);

    /** Whether the object at this path is owned as a whole. */
    boolean isAtomicMap(List<String> path);
}
