package dev.tiphys.syncer.sync;

import dev.tiphys.contracts.sync.DeployedBy;
import org.jspecify.annotations.Nullable;

/** Who or what asked for a sync. */
public sealed interface Trigger {

    /** A step of a run. It waits for health, and holds the application to the revision. */
    record Pipeline(DeployedBy by) implements Trigger {}

    /**
     * A person.
     *
     * @param held whether the application stays at that revision, because the person named one
     */
    record Person(String actor, boolean held) implements Trigger {}

    /** The application follows its {@code targetRevision}. */
    record Automatic() implements Trigger {}

    /** Somebody changed a live object; this brings it back. It is no deployment and enters no history. */
    record SelfHeal() implements Trigger {}

    /** {@return the run that asked; null if none did} */
    default @Nullable DeployedBy by() {
        return this instanceof Pipeline(DeployedBy by) ? by : null;
    }

    /** {@return the person who asked; null if none did} */
    default @Nullable String person() {
        return this instanceof Person person ? person.actor() : null;
    }

    /** {@return whether the sync ends only when everything is healthy} */
    default boolean waitsForHealth() {
        return this instanceof Pipeline;
    }

    /** {@return whether the application is afterwards held to the revision, whatever its branch does} */
    default boolean holds() {
        return this instanceof Pipeline || (this instanceof Person person && person.held());
    }
}
