package dev.tiphys.testkit;

import java.time.Duration;
import java.util.Map;

/** What a server of this package does wrong when a test or a demonstration asks for it; see {@link Traffic}. */
public sealed interface Fault {

    /** Answers without acting. */
    record Refuse(int status, String body, Map<String, String> headers) implements Fault {
        public Refuse {
            headers = Map.copyOf(headers);
        }
    }

    /** Acts, and answers as if it had not. */
    record ActThenRefuse(int status, String body, Map<String, String> headers) implements Fault {
        public ActThenRefuse {
            headers = Map.copyOf(headers);
        }
    }

    /** Acts and answers, but late. */
    record Delay(Duration by) implements Fault {}

    /** Takes the request, does nothing, and says nothing until the client gives up or the server closes. */
    record Silence() implements Fault {}

    /** Acts, sends the head of its answer, and stalls until the client gives up or the server closes. */
    record ActThenStall() implements Fault {}

    /** Closes the connection without acting. */
    record Drop() implements Fault {}

    /** Acts, then closes the connection without an answer: the client cannot tell it from {@link Drop}. */
    record ActThenDrop() implements Fault {}

    /** Acts and answers, but leaves a response header out. */
    record LoseHeader(String name) implements Fault {}

    /** A refusal with an HTTP status and a short text. */
    static Fault refuse(int status) {
        return new Refuse(status, "refused on demand", Map.of());
    }

    /** 429 with {@code Retry-After}, as Slack says it; the seconds are rounded up. */
    static Fault rateLimited(Duration retryAfter) {
        long seconds = retryAfter.plusMillis(999).toSeconds();
        return new Refuse(
                429,
                "{\"ok\":false,\"error\":\"ratelimited\"}",
                Map.of("Retry-After", "" + seconds, "Content-Type", "application/json; charset=utf-8"));
    }
}
