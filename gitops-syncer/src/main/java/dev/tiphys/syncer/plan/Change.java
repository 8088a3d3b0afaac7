package dev.tiphys.syncer.plan;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.syncer.source.ObjectRef;
import java.util.List;

/** What is done with one object. */
public sealed interface Change {

    /** {@return the object, in its namespace} */
    ObjectRef ref();

    /**
     * The destination's namespace does not exist yet. It is not owned by the application and never pruned.
     *
     * @param tree to be applied
     */
    record CreateNamespace(ObjectRef ref, ObjectNode tree) implements Change {}

    /**
     * It does not exist yet.
     *
     * @param tree to be applied: in its namespace, with the tracking annotation, without status
     */
    record Create(ObjectRef ref, ObjectNode tree, String file, int line) implements Change {}

    /**
     * It is not as it was applied, or was never applied by us.
     *
     * @param tree to be applied
     * @param differences the drift; empty if only the ownership of fields changes
     */
    record Update(ObjectRef ref, ObjectNode tree, String file, int line, List<Difference> differences)
            implements Change {
        public Update {
            differences = List.copyOf(differences);
        }
    }

    /** Applying it would change nothing: no request is made. */
    record Unchanged(ObjectRef ref, ObjectNode tree) implements Change {}

    /** It is ours and no longer wanted: it is deleted. */
    record Prune(ObjectRef ref) implements Change {}
}
