package dev.tiphys.gateway.definitions;

import dev.tiphys.contracts.definition.StoredDefinition;
import java.util.List;

/** Where definitions are kept. */
public interface DefinitionStore {

    /** {@return all documents, in the order of their keys} */
    List<StoredDefinition> current();

    /**
     * Writes a change, all of it or nothing, and returns when {@link #current} has it.
     *
     * @throws StoreUnavailable if it is not known to be written; the caller tries again later
     */
    void write(DefinitionChange change, String actor) throws InterruptedException;

    /** The store cannot be written at the moment. The message is for the caller. */
    final class StoreUnavailable extends RuntimeException {
        /** @param cause why */
        public StoreUnavailable(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
