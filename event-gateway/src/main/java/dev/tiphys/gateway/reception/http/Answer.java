package dev.tiphys.gateway.reception.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.gateway.ledger.VerdictWord;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a sender is told. Nothing in it is from inside: a stranger may read it.
 *
 * @param verdict what the answer is counted under
 * @param reason why, for a person; null if it is as it should be
 */
@SuppressWarnings("ArrayRecordComponent") // Answers are never compared.
record Answer(
        int status,
        VerdictWord verdict,
        @Nullable String reason,
        String contentType,
        byte[] body,
        Map<String, String> headers) {
    private static final String JSON = "application/json";
    private static final int SOON = 2;

    static Answer accepted(String event, boolean duplicate) {
        return new Answer(
                202,
                duplicate ? VerdictWord.DUPLICATE : VerdictWord.ACCEPTED,
                null,
                JSON,
                Json.bytes(Map.of("event", event)),
                Map.of());
    }

    static Answer irrelevant(String reason) {
        Map<String, @Nullable String> body = new LinkedHashMap<>();
        body.put("event", null);
        body.put("reason", reason);
        return new Answer(202, VerdictWord.IRRELEVANT, reason, JSON, Json.bytes(body), Map.of());
    }

    /** What the sender wanted to hear. */
    static Answer challenged(JsonNode answer) {
        return new Answer(200, VerdictWord.CHALLENGED, null, JSON, Json.bytes(answer), Map.of());
    }

    /** {@return the same as AWS SNS says it} */
    Answer published(String id) {
        String xml =
                "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult><MessageId>" + id
                        + "</MessageId></PublishResult><ResponseMetadata><RequestId>" + id
                        + "</RequestId></ResponseMetadata></PublishResponse>";
        return new Answer(200, verdict, reason, "text/xml", xml.getBytes(UTF_8), headers);
    }

    static Answer problem(int status, VerdictWord verdict, String title, String detail) {
        return problem(status, verdict, title, detail, Map.of());
    }

    static Answer wrongMethod(Set<String> methods) {
        String allowed = String.join(", ", new TreeSet<>(methods));
        return problem(
                405,
                VerdictWord.METHOD,
                "Method Not Allowed",
                "deliveries come by " + allowed,
                Map.of("Allow", allowed));
    }

    static Answer tooLarge(long limit) {
        return problem(413, VerdictWord.TOO_LARGE, "Content Too Large", "up to " + limit + " bytes are taken");
    }

    static Answer headersTooLarge(long met, long limit) {
        return problem(
                431,
                VerdictWord.HEADERS_TOO_LARGE,
                "Request Header Fields Too Large",
                "the names and values of the headers have " + met + " bytes, and this endpoint takes " + limit
                        + ": send fewer or shorter headers, or have limits.headers of its definition raised");
    }

    static Answer limited(String detail, int retryAfter) {
        return problem(
                429,
                VerdictWord.LIMITED,
                "Too Many Requests",
                detail,
                Map.of("Retry-After", Integer.toString(retryAfter)));
    }

    static Answer unavailable(String detail) {
        return problem(
                503,
                VerdictWord.UNAVAILABLE,
                "Service Unavailable",
                detail,
                Map.of("Retry-After", Integer.toString(SOON)));
    }

    private static Answer problem(
            int status, VerdictWord verdict, String title, String detail, Map<String, String> headers) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("type", "about:blank");
        body.put("title", title);
        body.put("status", status);
        body.put("detail", detail);
        return new Answer(status, verdict, detail, "application/problem+json", Json.bytes(body), headers);
    }
}
