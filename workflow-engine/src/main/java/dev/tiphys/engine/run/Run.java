package dev.tiphys.engine.run;

import dev.tiphys.contracts.run.RunState;
import dev.tiphys.contracts.run.Wait;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a run stands: what its facts come to. */
public sealed interface Run {

    /** No fact yet. */
    record Absent() implements Run {}

    /** There are facts. */
    sealed interface Present extends Run {
        /** {@return what never changes} */
        Charter charter();

        /** {@return every step of the plan by name, in the plan's order} */
        Map<String, StepState> steps();

        /** {@return what it counts} */
        Tally tally();
    }

    /**
     * Counted facts.
     *
     * @param facts all
     * @param published those that readers of the log see
     */
    record Tally(long facts, long published, Instant createdAt) {
        Tally plus(boolean isPublished) {
            return new Tally(facts + 1, published + (isPublished ? 1 : 0), createdAt);
        }
    }

    /** It has not begun, or not begun again; {@code waiting} is null until it is known what it waits for. */
    record Queued(
            Charter charter,
            Map<String, StepState> steps,
            Tally tally,
            @Nullable Wait waiting) implements Present {
        public Queued {
            steps = ordered(steps);
        }
    }

    /** At work. */
    record Executing(Charter charter, Map<String, StepState> steps, Tally tally, Instant startedAt, Course course)
            implements Present {
        public Executing {
            steps = ordered(steps);
        }
    }

    /** Through; {@code startedAt} is null if it never began. */
    record Finished(
            Charter charter,
            Map<String, StepState> steps,
            Tally tally,
            @Nullable Instant startedAt,
            Instant finishedAt,
            Verdict verdict)
            implements Present {
        public Finished {
            steps = ordered(steps);
        }
    }

    /** Which part of the plan is on. */
    sealed interface Course {
        /** The main graph. */
        record Onward() implements Course {}

        /** Nothing of the main graph begins any more; then the end follows, through {@code always} if that is asked. */
        record WindingDown(Verdict verdict, boolean always) implements Course {}

        /** The steps that always run; the verdict on the main graph is spoken. */
        record Closing(Verdict verdict) implements Course {}
    }

    /** How it ends; the reason is null if it succeeded. */
    record Verdict(RunState state, @Nullable String reason) {
        static final Verdict SUCCEEDED = new Verdict(RunState.SUCCEEDED, null);

        public Verdict {
            if (!state.finished()) {
                throw new IllegalArgumentException(state.word() + " is no verdict");
            }
        }
    }

    private static Map<String, StepState> ordered(Map<String, StepState> steps) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(steps));
    }
}
