package dev.tiphys.platform.definitions;

import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The service's view of the current definitions, read from the log alone. Thread-safe. */
public interface Definitions {

    /** {@return the newest snapshot} It is never half read: before the first whole one it is empty. */
    DefinitionsSnapshot current();

    /**
     * Waits until the view has caught up with a writer. Who decides about an event by definitions passes the event's {@code
     * definitionsoffset}, so that it never decides with older ones than the gateway had.
     *
     * @param offset null for no wait
     * @throws DefinitionsBehind if the view did not get there in time: handle the event later
     */
    DefinitionsSnapshot atLeast(@Nullable Long offset, Duration patience)
            throws InterruptedException, DefinitionsBehind;

    /**
     * Calls a listener with the first whole snapshot and after each change, in order and never two at once: with the present
     * snapshot on the caller's thread if there is one, then on the reader's. It must not block for long.
     */
    void onChange(Consumer<DefinitionsSnapshot> listener);
}
