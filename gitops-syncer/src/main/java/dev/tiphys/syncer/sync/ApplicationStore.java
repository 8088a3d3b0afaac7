package dev.tiphys.syncer.sync;

import dev.tiphys.contracts.sync.ApplicationStatus;
import dev.tiphys.syncer.source.ObjectRef;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Remembers applications. Changes of one application happen one after the other, whoever makes them, and survive a crash at
 * any moment.
 */
public interface ApplicationStore {

    /**
     * Decides with the newest state and writes the next state, the facts, and the status if it changed, all or none.
     *
     * @param rules pure; called once
     * @param view the status of a state; null for an application without a definition, which has none
     * @throws StoreUnavailable if nothing is known to be written; try again later
     */
    Decision change(
            String application,
            Function<ApplicationState, Decision> rules,
            Function<ApplicationState, @Nullable ApplicationStatus> view);

    /** {@return what is remembered; {@link ApplicationState#NEW} if nothing is} */
    ApplicationState read(String application);

    /** {@return the names of all applications that are remembered} */
    Set<String> names();

    /** Forgets an application and what it owns, and tells readers that it is gone. */
    void forget(String application);

    /** {@return the statuses by name after {@code after}; null from the start} */
    List<ApplicationStatus> statuses(@Nullable String after, int limit);

    /** {@return the status of one; empty if there is none} */
    Optional<ApplicationStatus> status(String application);

    /** {@return what the application owns} Only these may ever be deleted. */
    Set<ObjectRef> owned(String application);

    /** Remembers that the application owns objects, at no cost if it does. Called before they are written, so that none is ever left over. */
    void own(String application, Collection<ObjectRef> objects);

    /** Forgets that the application owns objects. Called when they are gone from the cluster, or somebody else's. */
    void disown(String application, Collection<ObjectRef> objects);

    /** The store cannot be reached. */
    final class StoreUnavailable extends RuntimeException {
        /** {@return one that says why} */
        public StoreUnavailable(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
