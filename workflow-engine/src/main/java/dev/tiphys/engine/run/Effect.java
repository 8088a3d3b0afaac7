package dev.tiphys.engine.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.Topic;
import dev.tiphys.contracts.definition.Pipeline.Rule;
import dev.tiphys.contracts.payload.Payload;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What follows from a fact; written in the same transaction, done after it. */
public sealed interface Effect {

    /** Put this on the log; {@code id} is the event's id there. */
    record Publish(Topic topic, String key, String id, Instant at, Payload payload) implements Effect {}

    /** Hand the input to the run at a moment. */
    record SetTimer(String key, Instant due, RunInput input) implements Effect {}

    /** That moment does not matter any more. */
    record ClearTimer(String key) implements Effect {}

    /** Lease this out. */
    record OfferWork(String step, int attempt, String kind, JsonNode action, Instant deadline) implements Effect {}

    /** Tell the worker to end. */
    record CancelWork(String step, int attempt, String reason) implements Effect {}

    /** Nobody works on it any more. */
    record EndWork(String step, int attempt) implements Effect {}

    /** Stand in line. */
    record JoinLine(String key, Rule rule) implements Effect {}

    /** Leave the line; {@code reason} is for a person, null if there is none. */
    record LeaveLine(String key, @Nullable String reason) implements Effect {}
}
