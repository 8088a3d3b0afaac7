package dev.tiphys.notifier.delivery.slack;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;

/** What came back from one HTTP call. */
sealed interface Reply {

    /**
     * An answer.
     *
     * @param json the body as JSON; missing if it is none
     * @param text the body's beginning, for webhooks, which answer in words
     * @param retryAfter what the header says; a short time if there is none
     */
    record Answered(int status, JsonNode json, String text, Duration retryAfter) implements Reply {}

    /** The request never got there. */
    record NeverSent(String reason) implements Reply {}

    /** The request may have got there. */
    record Lost(String reason) implements Reply {}
}
