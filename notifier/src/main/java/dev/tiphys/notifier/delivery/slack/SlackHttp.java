package dev.tiphys.notifier.delivery.slack;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.platform.call.HttpCall;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP call: bounded in time and size, never redirected, so that a token goes nowhere but to its server. What it
 * answers never contains the address, which is the secret of a webhook, nor a header.
 */
@Singleton
final class SlackHttp {
    private static final int MOST_BYTES = 8 << 20;
    private static final int WORDS = 200;
    private static final Duration UNSAID_RETRY_AFTER = Duration.ofSeconds(30);
    private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);

    private final HttpClient client;
    private final Duration timeout;
    private final MeterRegistry meters;
    private final Clock clock;

    SlackHttp(
            @ConfigProperty(name = "tiphys.notifier.call-timeout") Duration timeout,
            MeterRegistry meters,
            Clock clock) {
        this.timeout = timeout;
        this.meters = meters;
        this.clock = clock;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(timeout)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /** Posts JSON. */
    Reply json(String method, URI address, @Nullable String token, JsonNode body) {
        return call(method, request(address, token, "application/json; charset=utf-8", Json.bytes(body)));
    }

    /** Posts a form: Slack's reading methods take no JSON. */
    Reply form(String method, URI address, String token, Map<String, String> fields) {
        String body = fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), UTF_8))
                .collect(Collectors.joining("&"));
        return call(method, request(address, token, "application/x-www-form-urlencoded", body.getBytes(UTF_8)));
    }

    private HttpRequest request(URI address, @Nullable String token, String contentType, byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address)
                .timeout(timeout)
                .header("Content-Type", contentType)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return request.build();
    }

    private Reply call(String method, HttpRequest request) {
        Instant begun = clock.instant();
        Reply reply = exchange(request);
        meters.timer("tiphys.notifier.slack.calls", "method", method, "answer", word(reply))
                .record(Duration.between(begun, clock.instant()));
        return reply;
    }

    private Reply exchange(HttpRequest request) {
        try {
            // A head that comes in time may have a body that does not: both have twice the time of one.
            return HttpCall.answer(client, request, timeout.multipliedBy(2), SlackHttp::answered);
        } catch (HttpConnectTimeoutException | ConnectException _) {
            return new Reply.NeverSent("the server cannot be reached");
        } catch (HttpTimeoutException _) {
            return new Reply.Lost(
                    "no whole answer within " + timeout.multipliedBy(2).toSeconds() + " s");
        } catch (IOException e) {
            return new Reply.Lost("the connection broke: " + e.getClass().getSimpleName());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Reply.Lost("the service is stopping");
        }
    }

    private static Reply answered(HttpResponse<InputStream> response) throws IOException {
        try (InputStream stream = response.body()) {
            byte[] body = stream.readNBytes(MOST_BYTES);
            String text = new String(body, UTF_8);
            return new Reply.Answered(
                    response.statusCode(),
                    json(body),
                    text.substring(0, Math.min(WORDS, text.length())),
                    retryAfter(response));
        }
    }

    private static JsonNode json(byte[] body) {
        try {
            JsonNode read = Json.mapper().readTree(body);
            return read == null ? MissingNode.getInstance() : read;
        } catch (IOException _) {
            // A webhook answers in words, a proxy in HTML: the status and the words say enough.
            return MissingNode.getInstance();
        }
    }

    private static Duration retryAfter(HttpResponse<?> response) {
        String said = response.headers().firstValue("Retry-After").orElse("").strip();
        if (!said.matches("\\d{1,6}")) {
            return UNSAID_RETRY_AFTER;
        }
        Duration duration = Duration.ofSeconds(Long.parseLong(said));
        return duration.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : duration;
    }

    private static String word(Reply reply) {
        return switch (reply) {
            case Reply.Answered answered -> Integer.toString(answered.status());
            case Reply.NeverSent _ -> "unreachable";
            case Reply.Lost _ -> "lost";
        };
    }
}
