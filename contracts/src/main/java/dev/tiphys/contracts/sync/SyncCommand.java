package dev.tiphys.contracts.sync;

import dev.tiphys.contracts.payload.EventType;
import dev.tiphys.contracts.payload.Payload;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the engine asks of the syncer. The key on the topic is the application. */
public sealed interface SyncCommand extends Payload {

    /** {@return the Application definition's name} */
    String application();

    /** {@return who asks, and with which fencing token} */
    DeployedBy by();

    /**
     * Bring the application to a revision and tell when it is healthy.
     *
     * @param revision a commit, 40 hex digits; null for what the application's {@code targetRevision} points to now
     * @param deadline when the outcome is a failure that names what is not healthy
     */
    @EventType("dev.tiphys.sync.requested.v1")
    record SyncRequested(String application, @Nullable String revision, DeployedBy by, Instant deadline)
            implements SyncCommand {}

    /** Nobody waits for this sync any more: stop waiting and start nothing new; what is applied stays. */
    @EventType("dev.tiphys.sync.withdrawn.v1")
    record SyncWithdrawn(String application, DeployedBy by, String reason) implements SyncCommand {}
}
