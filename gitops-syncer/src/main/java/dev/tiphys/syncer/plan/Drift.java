package dev.tiphys.syncer.plan;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Compares an object as it is to be applied with the live one. Pure. */
public final class Drift {

    private Drift() {}

    /**
     * Tells whether applying would change nothing, not even the ownership of fields.
     *
     * @param desired as in {@link Change.Update#tree()}
     */
    public static boolean sameAsApplied(ObjectNode desired, ObjectNode live, String fieldManager) {
        return Comparison.ownsAll(desired, live, fieldManager)
                && differences(desired, live, fieldManager).isEmpty();
    }

    /**
     * Lists the fields that differ: wanted ones with another value, and ones that we applied and no longer want. Fields
     * that others set, and defaults, are no drift; status never is.
     *
     * @param desired as in {@link Change.Update#tree()}
     */
    public static List<Difference> differences(ObjectNode desired, ObjectNode live, String fieldManager) {
        return Comparison.differences(desired, live, fieldManager);
    }
}
