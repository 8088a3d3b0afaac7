package dev.tiphys.engine.trigger;

import org.jspecify.annotations.Nullable;

/**
 * What was decided about one event and one pipeline: the answer of a trace.
 *
 * @param started whether a run was started; of a trial whether one would be
 * @param run the run that was started; null if none was
 * @param condition the first condition that failed; null if a run was started
 * @param expected what the condition wanted; null if a run was started
 * @param met what it met; null if a run was started
 */
public record Ruling(
        String pipeline,
        boolean started,
        @Nullable String run,
        @Nullable String condition,
        @Nullable String expected,
        @Nullable String met) {

    static Ruling started(String pipeline, String run) {
        return new Ruling(pipeline, true, run, null, null, null);
    }

    static Ruling wouldStart(String pipeline) {
        return new Ruling(pipeline, true, null, null, null, null);
    }

    static Ruling failed(String pipeline, Match.Fails fails) {
        return new Ruling(pipeline, false, null, fails.condition(), fails.expected(), fails.met());
    }
}
