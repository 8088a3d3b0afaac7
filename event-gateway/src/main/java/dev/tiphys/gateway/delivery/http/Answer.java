package dev.tiphys.gateway.delivery.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a sender is told. Nothing in it is from inside: a stranger may read it.
 *
 * @param verdict the word that the answer is counted under
 * @param retryAfter seconds; null if the sender need not come again
 */
@SuppressWarnings("ArrayRecordComponent") // Answers are never compared.
record Answer(
        int status,
        String verdict,
        String contentType,
        byte[] body,
        @Nullable Integer retryAfter) {

    static Answer accepted(String event) {
        return new Answer(202, "accepted", "application/json", Json.bytes(Map.of("event", event)), null);
    }

    static Answer irrelevant(String reason) {
        Map<String, @Nullable String> body = new LinkedHashMap<>();
        body.put("event", null);
        body.put("reason", reason);
        return new Answer(202, "irrelevant", "application/json", Json.bytes(body), null);
    }

    /** What the sender wanted to hear. */
    static Answer challenged(JsonNode answer) {
        return new Answer(200, "challenged", "application/json", Json.bytes(answer), null);
    }

    static Answer problem(int status, String verdict, String title, String detail) {
        return problem(status, verdict, title, detail, null);
    }

    static Answer unavailable(String detail) {
        return problem(503, "unavailable", "Service Unavailable", detail, 2);
    }

    private static Answer problem(
            int status, String verdict, String title, String detail, @Nullable Integer retryAfter) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("type", "about:blank");
        body.put("title", title);
        body.put("status", status);
        body.put("detail", detail);
        return new Answer(status, verdict, "application/problem+json", Json.bytes(body), retryAfter);
    }
}
