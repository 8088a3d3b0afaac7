package dev.tiphys.contracts.audit;

import dev.tiphys.contracts.payload.EventType;
import dev.tiphys.contracts.payload.Payload;
import org.jspecify.annotations.Nullable;

/**
 * A person did something. The key on the topic is the actor.
 *
 * @param action for example {@code approve}
 * @param target for example {@code run 01J…/steps/release}
 * @param comment what the person said about it; null if nothing
 */
@EventType("dev.tiphys.action.taken.v1")
public record ActionTaken(
        String actor,
        String action,
        String target,
        @Nullable String comment) implements Payload {}
