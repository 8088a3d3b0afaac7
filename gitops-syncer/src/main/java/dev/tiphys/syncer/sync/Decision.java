package dev.tiphys.syncer.sync;

import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.payload.Payload;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an input leads to. State and facts are written together or not at all.
 *
 * @param next the state from now on
 * @param facts what to tell, in this order
 * @param refusal why the input changed nothing of what it asked for; null if it was accepted
 */
public record Decision(
        ApplicationState next, List<Told> facts, @Nullable Refusal refusal) {

    public Decision {
        facts = List.copyOf(facts);
    }

    /** A fact or a person's action, with the id that makes a repetition recognisable. */
    public record Told(String id, Causality causality, Payload fact) {}

    /** Why not. */
    public enum Why {
        /** It was handled before. */
        DUPLICATE,
        /** Something newer is in its place. */
        STALE,
        /** The application's present state or definition does not allow it. */
        NOT_ALLOWED,
        /** There is no such application or deployment. */
        UNKNOWN
    }

    /** A refused input. */
    public record Refusal(Why why, String detail) {}

    /** {@return whether the input was accepted} */
    public boolean accepted() {
        return refusal == null;
    }
}
