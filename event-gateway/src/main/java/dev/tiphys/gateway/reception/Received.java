package dev.tiphys.gateway.reception;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.gateway.delivery.Verdict.Refusal;

/** What a sender is told about its delivery. Nothing in it is from inside: a stranger may read it. */
public sealed interface Received {

    /** The broker has its events; {@code event} is the id of the first. */
    record Accepted(String event, boolean duplicate) implements Received {}

    /** It is genuine and starts nothing. */
    record Irrelevant(String reason) implements Received {}

    /** It is genuine and wants this answer. */
    record Challenged(JsonNode answer) implements Received {}

    /** It is not let in. */
    record Rejected(Refusal refusal, String reason) implements Received {}

    /** It is genuine and larger than the log takes. */
    record TooLarge() implements Received {}

    /** It comes too often; {@code retryAfter} is in seconds. */
    record Limited(String reason, int retryAfter) implements Received {}

    /** It could not be kept at the moment: it is to come again. */
    record Unavailable() implements Received {}
}
