package dev.tiphys.notifier.delivery.slack;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.tiphys.contracts.Json;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP call: bounded in time and size, never redirected, so that a token goes nowhere but to its server. What it
 * answers never contains the address, which is the secret of a webhook, nor a header.
 */
@Singleton
final class SlackHttp {
    private static final long MOST_BYTES = 8L << 20;
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
        CompletableFuture<HttpResponse<byte[]>> answer =
                client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_BYTES));
        try {
            // The timeout of a request ends with its head; its body has the same time again.
            return answered(answer.get(2 * timeout.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException _) {
            answer.cancel(/* mayInterruptIfRunning= */ true);
            return new Reply.Lost("no whole answer within " + 2 * timeout.toSeconds() + " s");
        } catch (ExecutionException e) {
            return failed(e.getCause());
        } catch (InterruptedException _) {
            answer.cancel(/* mayInterruptIfRunning= */ true);
            Thread.currentThread().interrupt();
            return new Reply.Lost("the service is stopping");
        }
    }

    private Reply failed(@Nullable Throwable cause) {
        return switch (cause) {
            case HttpConnectTimeoutException _, ConnectException _, UnresolvedAddressException _ ->
                new Reply.NeverSent("the server cannot be reached");
            case HttpTimeoutException _ -> new Reply.Lost("no answer within " + timeout.toSeconds() + " s");
            case IOException e ->
                new Reply.Lost("the connection broke: " + e.getClass().getSimpleName());
            case null, default -> throw new IllegalStateException("a call failed", cause);
        };
    }

    private static Reply answered(HttpResponse<byte[]> response) {
        JsonNode json;
        try {
            JsonNode read = Json.mapper().readTree(response.body());
            json = read == null ? MissingNode.getInstance() : read;
        } catch (IOException _) {
            // A webhook answers in words, a proxy in HTML: the status and the words say enough.
            json = MissingNode.getInstance();
        }
        String text = new String(response.body(), UTF_8);
        return new Reply.Answered(
                response.statusCode(), json, text.substring(0, Math.min(WORDS, text.length())), retryAfter(response));
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
