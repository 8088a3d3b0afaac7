package dev.tiphys.syncer.sync;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiphys.contracts.sync.DeployedBy;
import java.util.UUID;

/** Names a sync. It is derived from what asked for it, so that the same request twice is the same sync. */
public record OperationId(String value) {

    public OperationId {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("an operation needs an id");
        }
    }

    /** {@return the id of the sync that a step's attempt asks for} */
    static OperationId of(String application, DeployedBy by) {
        return named(application + "|" + by.run() + "|" + by.step() + "|" + by.attempt());
    }

    /** {@return the id of the n-th sync that nobody but the application itself or a person asked for} */
    static OperationId of(String application, long ordinal) {
        return named(application + "|" + ordinal);
    }

    private static OperationId named(String key) {
        return new OperationId(
                UUID.nameUUIDFromBytes(("sync|" + key).getBytes(UTF_8)).toString());
    }
}
