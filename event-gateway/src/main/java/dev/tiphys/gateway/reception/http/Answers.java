package dev.tiphys.gateway.reception.http;

import dev.tiphys.gateway.delivery.PublishedKeys;
import dev.tiphys.gateway.ledger.VerdictWord;
import dev.tiphys.gateway.reception.Received;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** Tells senders what became of their deliveries, counts it, and says in the log what its keeper should know. */
@Singleton
final class Answers {
    private static final Duration BETWEEN_WARNINGS = Duration.ofMinutes(1);
    private static final Logger log = Logger.getLogger(Answers.class);

    private final MeterRegistry meters;
    private final Clock clock;
    private final Map<String, Counter> counters = new ConcurrentHashMap<>();
    private final Map<String, Instant> warned = new ConcurrentHashMap<>();

    Answers(MeterRegistry meters, Clock clock) {
        this.meters = meters;
        this.clock = clock;
    }

    Answer to(Received received, long limit) {
        return switch (received) {
            case Received.Accepted(var event, var duplicate) -> Answer.accepted(event, duplicate);
            case Received.Irrelevant(var reason) -> Answer.irrelevant(reason);
            case Received.Challenged(var answer) -> Answer.challenged(answer);
            case Received.TooLarge _ -> Answer.tooLarge(limit);
            case Received.Limited(var reason, var retryAfter) -> Answer.limited(reason, retryAfter);
            case Received.Unavailable _ -> Answer.unavailable("the delivery could not be kept; deliver it again");
            case Received.Rejected(var refusal, var reason) ->
                switch (refusal) {
                    case UNVERIFIED -> Answer.problem(401, VerdictWord.UNVERIFIED, "Unauthorized", reason);
                    case MALFORMED -> Answer.problem(400, VerdictWord.MALFORMED, "Bad Request", reason);
                    case FOREIGN -> Answer.problem(403, VerdictWord.FOREIGN, "Forbidden", reason);
                };
        };
    }

    /** As {@link #to}, to a sender that takes this for AWS SNS. */
    Answer toPublisher(Received received, long limit) {
        Answer answer = to(received, limit);
        return switch (received) {
            case Received.Accepted(var event, var _) -> answer.published(event);
            case Received.Irrelevant _ -> answer.published("not-for-this-endpoint");
            case Received.Challenged _,
                    Received.TooLarge _,
                    Received.Limited _,
                    Received.Unavailable _,
                    Received.Rejected _ -> answer;
        };
    }

    /** What an endpoint's delivery that failed in an unforeseen way is answered. */
    Answer failed(String endpoint, Throwable failure) {
        Throwable cause = cause(failure);
        if (cause instanceof PublishedKeys.KeysUnavailable) {
            warn(endpoint, "a delivery could not be verified: " + cause.getMessage());
            return Answer.unavailable("the key that would prove it could not be fetched; deliver it again");
        }
        if (cause instanceof UncheckedIOException) {
            warn(endpoint, "a delivery could not be verified: " + cause.getMessage());
        } else {
            if (isNews(endpoint)) {
                log.errorf(cause, "endpoint %s: a delivery could not be judged", endpoint);
            }
        }
        return Answer.unavailable("the delivery could not be kept; deliver it again");
    }

    /** {@return what a stage failed with} */
    static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    void send(RoutingContext context, String endpoint, Answer answer) {
        HookSpans.end(context, endpoint, answer);
        String verdict = answer.verdict().word();
        counters.computeIfAbsent(
                        endpoint + " " + verdict,
                        _ -> meters.counter(
                                "tiphys.gateway.deliveries", "tiphys.endpoint", endpoint, "tiphys.verdict", verdict))
                .increment();
        HttpServerResponse response = context.response();
        if (response.ended() || response.closed()) {
            return;
        }
        response.setStatusCode(answer.status()).putHeader("Content-Type", answer.contentType());
        answer.headers().forEach(response::putHeader);
        response.end(Buffer.buffer(answer.body()))
                .onFailure(failure -> log.debugf("a sender did not wait for its answer: %s", failure.getMessage()));
    }

    /** Says the same about an endpoint once a minute: strangers can make it happen as often as they like. */
    void warn(String name, String what) {
        if (isNews(name)) {
            log.warnf("endpoint %s: %s", name, what);
        }
    }

    private boolean isNews(String name) {
        Instant now = clock.instant();
        Instant said = warned.merge(
                name, now, (before, _) -> before.plus(BETWEEN_WARNINGS).isBefore(now) ? now : before);
        return said.equals(now);
    }
}
