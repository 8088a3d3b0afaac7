package dev.tiphys.syncer.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.syncer.plan.Scopes;
import dev.tiphys.syncer.source.ObjectKey;
import dev.tiphys.syncer.source.ObjectRef;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A cluster. Live objects are followed by watches, so that reading them costs no request. Thread-safe; calls block.
 */
public interface Cluster extends Scopes {

    /**
     * Follows the kinds of these objects for an application from now on, and those of the pods behind them; replaces what was
     * followed for it before. When one of the objects changes, the application hears of it.
     *
     * @return {@code Ready} when what exists is known; kinds that the cluster does not know count as having no objects
     */
    Following follow(String application, Collection<ObjectRef> objects);

    /** Ends following for an application. */
    void unfollow(String application);

    /** {@return the live object of a followed kind, with the field ownership of our own manager; empty if there is none} */
    Optional<ObjectNode> live(ObjectKey key);

    /** {@return the live objects of a followed kind in a namespace} */
    List<ObjectNode> live(String kind, String namespace);

    /** Makes the object as the tree says, by server-side apply; our wish wins over other managers'. */
    Written apply(ObjectRef ref, ObjectNode tree);

    /** Deletes an object and, in the foreground, what it made. An object that is gone already is {@code Done}. */
    Written delete(ObjectRef ref);

    /** Whether live objects can be read. */
    sealed interface Following {
        /** They can. */
        record Ready() implements Following {}

        /** Not now; ask again. */
        record Waiting(String why) implements Following {}

        /** Not before a person changes something. */
        record Stuck(String why) implements Following {}
    }

    /** What became of a write. */
    sealed interface Written {
        /** The cluster did it. */
        record Done() implements Written {}

        /** The cluster refused it, and would again. */
        record Refused(String why) implements Written {}

        /** The namespace of the object is not there. */
        record NoNamespace(String why) implements Written {}

        /**
         * The cluster did not do it now; try again.
         *
         * @param after how long the cluster asked to be left alone; null if it did not say
         */
        record Waiting(String why, @Nullable Duration after) implements Written {}
    }
}
