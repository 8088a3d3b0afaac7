package dev.tiphys.engine.run;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks at runs without touching them. Thread-safe; each answer is as the store is at that moment. */
public interface RunViews {

    /** What is looked for; null means any. */
    record Filter(
            @Nullable String pipeline,
            @Nullable String state,
            @Nullable String revision) {}

    /** {@return the run} */
    Optional<RunView> find(String run);

    /**
     * {@return runs, the newest first, without the outputs of their steps}
     *
     * @param after the id of the last run of the page before; null for the first page
     */
    List<RunView> list(Filter filter, int limit, @Nullable String after);

    /**
     * {@return the kept log of a step from a position on, in characters; empty if the run has no such step}
     */
    Optional<String> log(String run, String step, long from);
}
