package dev.tiphys.engine.work.jenkins;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** How far an attempt has come, as it is kept between leases. */
sealed interface JenkinsProgress {

    /**
     * A build is about to be asked for, or was, and its answer is not known.
     *
     * @param firstBuild no build of the job with a lower number can be ours
     */
    record Intended(int firstBuild) implements JenkinsProgress {}

    /**
     * It waits in Jenkins' queue.
     *
     * @param shared whether Jenkins folded it into somebody else's equal item
     */
    record Queued(long item, boolean shared) implements JenkinsProgress {}

    /**
     * It is being built.
     *
     * @param logOffset where the kept log ends, in bytes of the raw log
     */
    record Building(int number, boolean shared, long logOffset) implements JenkinsProgress {}

    /** {@return what was saved; null if nothing} */
    static @Nullable JenkinsProgress read(@Nullable JsonNode saved) {
        if (saved == null || saved.isNull()) {
            return null;
        }
        boolean shared = saved.path("shared").asBoolean();
        if (saved.has("build")) {
            return new Building(
                    saved.path("build").intValue(),
                    shared,
                    saved.path("logOffset").longValue());
        }
        return saved.has("item")
                ? new Queued(saved.path("item").longValue(), shared)
                : new Intended(saved.path("firstBuild").asInt(1));
    }

    /** {@return the form that is saved} */
    default JsonNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        return switch (this) {
            case Intended(int firstBuild) -> json.put("firstBuild", firstBuild);
            case Queued(long item, boolean shared) -> json.put("item", item).put("shared", shared);
            case Building(int number, boolean shared, long logOffset) ->
                json.put("build", number).put("shared", shared).put("logOffset", logOffset);
        };
    }
}
