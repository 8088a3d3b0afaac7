package dev.tiphys.engine.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.run.RunState;
import dev.tiphys.contracts.run.Wait;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A step as answers show it.
 *
 * @param outputs null where they are not shown, as in a list
 */
public record StepView(
        String name,
        String kind,
        RunState state,
        int attempt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable String reason,
        @Nullable String link,
        @Nullable Wait waiting,
        @Nullable Map<String, JsonNode> outputs) {

    /** {@return the same without its outputs} */
    StepView withoutOutputs() {
        return new StepView(name, kind, state, attempt, startedAt, finishedAt, reason, link, waiting, null);
    }

    /** {@return how a step is shown} */
    public static StepView of(String name, String kind, StepState state) {
        return switch (state) {
            case StepState.Pending(int spent) ->
                new StepView(name, kind, RunState.PENDING, spent, null, null, null, null, null, Map.of());
            case StepState.Active active ->
                new StepView(
                        name,
                        kind,
                        stateOf(active),
                        active.attempt().number(),
                        active.attempt().since(),
                        null,
                        reasonOf(active),
                        RunRules.linkOf(active),
                        waitOf(active),
                        Map.of());
            case StepState.Ended ended ->
                new StepView(
                        name,
                        kind,
                        ended.state(),
                        ended.attempt(),
                        ended.startedAt(),
                        ended.finishedAt(),
                        ended.reason(),
                        ended.link(),
                        null,
                        ended.outputs());
        };
    }

    static RunState stateOf(StepState state) {
        return switch (state) {
            case StepState.Pending _ -> RunState.PENDING;
            case StepState.Active active -> waitOf(active) == null ? RunState.RUNNING : RunState.WAITING;
            case StepState.Ended ended -> ended.state();
        };
    }

    private static @Nullable String reasonOf(StepState.Active active) {
        return switch (active) {
            case StepState.BackingOff backingOff -> backingOff.reason();
            case StepState.Collapsing collapsing -> collapsing.reason();
            case StepState.Ending(var _, var cause, var _, var _) ->
                switch (cause) {
                    case StepState.Cause.TimedOut(var reason) -> reason;
                    case StepState.Cause.Cancelled(var reason) -> reason;
                };
            case StepState.Working _,
                    StepState.Deploying _,
                    StepState.Asking _,
                    StepState.Pausing _,
                    StepState.Open _ -> null;
        };
    }

    static @Nullable Wait waitOf(StepState.Active active) {
        return switch (active) {
            case StepState.Working working -> working.waiting();
            case StepState.Deploying deploying -> deploying.waiting();
            case StepState.Asking asking -> asking.waiting();
            case StepState.Pausing pausing -> pausing.waiting();
            case StepState.Ending ending -> ending.waiting();
            case StepState.BackingOff backingOff ->
                Waits.backoff(
                        backingOff.attempt().number() + 1, backingOff.attempt().startedAt(), backingOff.resumeAt());
            case StepState.Open _, StepState.Collapsing _ -> null;
        };
    }
}
