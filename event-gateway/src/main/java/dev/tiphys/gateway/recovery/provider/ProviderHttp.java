package dev.tiphys.gateway.recovery.provider;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.gateway.recovery.ProviderLog.Trouble;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Calls to a Git server's API, each with a deadline; what the server says about its limits is obeyed. */
final class ProviderHttp {
    private static final int OK = 200;
    private static final int REDIRECT = 300;
    private static final int LARGEST_ANSWER = 16 << 20;
    private static final Duration REST = Duration.ofMinutes(1);

    private final HttpClient http;
    private final Duration deadline;
    private final InstantSource clock;

    ProviderHttp(Duration deadline, InstantSource clock) {
        this.deadline = deadline;
        this.clock = clock;
        this.http = HttpClient.newBuilder()
                .connectTimeout(deadline)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /** A good answer. */
    record Answer(JsonNode body, HttpHeaders headers) {
        Optional<String> header(String name) {
            return headers.firstValue(name);
        }
    }

    Answer get(URI address, Map<String, String> headers) throws Trouble, InterruptedException {
        HttpResponse<byte[]> answer = send(request(address, headers).GET().build());
        if (answer.statusCode() < OK || answer.statusCode() >= REDIRECT) {
            throw trouble(answer);
        }
        JsonNode body = Json.exactTree(answer.body())
                .orElseThrow(() -> new Trouble("the answer of " + shown(address) + " is no JSON"));
        return new Answer(body, answer.headers());
    }

    /** {@return why the server refuses it for good; empty if it did it} */
    Optional<String> post(URI address, Map<String, String> headers) throws Trouble, InterruptedException {
        HttpResponse<byte[]> answer =
                send(request(address, headers).POST(BodyPublishers.noBody()).build());
        int status = answer.statusCode();
        if (status >= OK && status < REDIRECT) {
            return Optional.empty();
        }
        if (status == 400 || status == 404 || status == 409 || status == 410 || status == 422) {
            return Optional.of("its server answered " + status);
        }
        throw trouble(answer);
    }

    private HttpRequest.Builder request(URI address, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address).timeout(deadline);
        headers.forEach(request::header);
        return request.header("User-Agent", "tiphys");
    }

    private HttpResponse<byte[]> send(HttpRequest request) throws Trouble, InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> answer =
                http.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST_ANSWER));
        try {
            // The deadline of a request ends with its head: the body has one of its own here.
            return answer.get(deadline.toMillis() * 2, TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            throw new Trouble(shown(request.uri()) + " did not answer in time");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof HttpTimeoutException) {
                throw new Trouble(shown(request.uri()) + " did not answer within " + deadline.toSeconds() + " s");
            }
            if (cause instanceof IOException) {
                String what = cause instanceof ConnectException ? " cannot be reached: " : " was not read to its end: ";
                throw new Trouble(shown(request.uri()) + what + cause.getMessage());
            }
            throw new IllegalStateException("a call failed", cause);
        } finally {
            // Nobody waits for the rest of it: the connection must not stay behind.
            answer.cancel(/* mayInterruptIfRunning= */ true);
        }
    }

    private Trouble trouble(HttpResponse<byte[]> answer) {
        int status = answer.statusCode();
        String what = shown(answer.uri()) + " answered " + status;
        Instant rest = rest(answer.headers(), status);
        if (rest != null) {
            return new Trouble(what + ": too much was asked; it is asked again after " + rest, rest);
        }
        return new Trouble(
                status == 401 || status == 403 || status == 404
                        ? what + ": does the token's owner administer the webhooks there?"
                        : what);
    }

    /** When the server may be asked again; null if it did not say that too much was asked. */
    private @Nullable Instant rest(HttpHeaders headers, int status) {
        Instant now = clock.instant();
        boolean refused = status == 429 || status == 403 || status == 503;
        if (!refused) {
            return null;
        }
        Optional<Instant> retryAfter = headers.firstValue("Retry-After").flatMap(text -> moment(text, now));
        if (retryAfter.isPresent()) {
            return retryAfter.get();
        }
        boolean usedUp = headers.firstValue("X-RateLimit-Remaining")
                        .filter("0"::equals)
                        .isPresent()
                || headers.firstValue("RateLimit-Remaining").filter("0"::equals).isPresent();
        OptionalLong reset = headers.firstValueAsLong("X-RateLimit-Reset").isPresent()
                ? headers.firstValueAsLong("X-RateLimit-Reset")
                : headers.firstValueAsLong("RateLimit-Reset");
        if (usedUp && reset.isPresent()) {
            return Instant.ofEpochSecond(reset.getAsLong());
        }
        return status == 429 ? now.plus(REST) : null;
    }

    private static Optional<Instant> moment(String text, Instant now) {
        try {
            if (text.strip().matches("\\d{1,9}")) {
                return Optional.of(now.plusSeconds(Long.parseLong(text.strip())));
            }
            return Optional.of(ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant());
        } catch (DateTimeException e) {
            // A server that says nonsense said nothing.
            return Optional.empty();
        }
    }

    /** Without a query. */
    private static String shown(URI address) {
        return address.getScheme() + "://" + address.getRawAuthority() + address.getRawPath();
    }
}
