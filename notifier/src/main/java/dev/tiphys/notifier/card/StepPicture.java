package dev.tiphys.notifier.card;

import dev.tiphys.contracts.run.RunState;
import dev.tiphys.contracts.run.Wait;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A step as a card shows it.
 *
 * @param attempt the present attempt; 0 before the first
 * @param reason why it failed, or why the last attempt did; null if nothing went wrong
 * @param link a page that shows more; null if there is none
 * @param waiting what it waits for; null unless it waits
 */
public record StepPicture(
        String name,
        String kind,
        RunState state,
        int attempt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable String reason,
        @Nullable String link,
        @Nullable Wait waiting) {

    /** The kind of a step at which a person decides. */
    private static final String APPROVAL = "approval";

    static StepPicture declared(String name, String kind) {
        return new StepPicture(name, kind, RunState.PENDING, 0, null, null, null, null, null);
    }

    /** {@return whether it waits for a person to approve or reject} */
    boolean wantsApproval() {
        return waiting != null && (kind.equals(APPROVAL) || waiting.reason().startsWith(APPROVAL));
    }

    StepPicture begin(String kindNow, int attemptNow, Instant at) {
        boolean goesOn = startedAt != null && attemptNow > 1 && finishedAt == null;
        return new StepPicture(
                name, kindNow, RunState.RUNNING, attemptNow, goesOn ? startedAt : at, null, null, null, null);
    }

    StepPicture await(int attemptNow, Wait wait, @Nullable String page, Instant at) {
        return new StepPicture(
                name,
                kind,
                RunState.WAITING,
                attemptNow,
                startedAt == null ? at : startedAt,
                null,
                null,
                page == null ? link : page,
                wait);
    }

    StepPicture retry(int attemptNow, String why, @Nullable String page, Wait wait) {
        return new StepPicture(name, kind, RunState.WAITING, attemptNow, startedAt, null, why, page, wait);
    }

    StepPicture end(int attemptNow, RunState ended, @Nullable String why, @Nullable String page, Instant at) {
        return new StepPicture(
                name, kind, ended, attemptNow, startedAt, at, why, page == null && why == null ? link : page, null);
    }
}
