package dev.tiphys.engine.work.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.tiphys.contracts.definition.Pipeline;
import dev.tiphys.contracts.definition.Pipeline.HeaderValue;
import dev.tiphys.contracts.run.Wait;
import dev.tiphys.engine.work.LeafLedger;
import dev.tiphys.engine.work.LeafOutcome;
import dev.tiphys.engine.work.LeafWork;
import dev.tiphys.engine.work.LeaseLost;
import dev.tiphys.engine.work.Pauses;
import dev.tiphys.platform.call.HttpCall;
import dev.tiphys.platform.secret.SecretMissing;
import dev.tiphys.platform.secret.Secrets;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;

/** One lease of one call. */
final class HttpAttempt {
    private static final Set<String> REPEATABLE = Set.of("GET", "HEAD", "PUT", "DELETE", "OPTIONS");
    private static final Duration LOOK_FOR_CANCEL = Duration.ofMillis(500);

    private final LeafWork work;
    private final Pipeline.Action.Http action;
    private final HttpClient http;
    private final Secrets secrets;
    private final LeafLedger ledger;
    private final Clock clock;
    private final Pauses away;
    private final String method;
    private final URI uri;

    HttpAttempt(
            LeafWork work,
            Pipeline.Action.Http action,
            HttpClient http,
            Secrets secrets,
            LeafLedger ledger,
            Clock clock,
            Pauses away)
            throws CannotSend {
        this.work = work;
        this.action = action;
        this.http = http;
        this.secrets = secrets;
        this.ledger = ledger;
        this.clock = clock;
        this.away = away;
        this.method = action.method().toUpperCase(Locale.ROOT);
        this.uri = HttpTarget.parse(action.url());
    }

    LeafOutcome perform() throws CannotSend, LeaseLost, InterruptedException {
        JsonNode progress = work.progress();
        if (progress != null && progress.has("reply")) {
            return judge(HttpReply.ofJson(progress.path("reply")));
        }
        if (progress != null && progress.path("sent").asBoolean() && !REPEATABLE.contains(method)) {
            return unknown("the engine stopped before the answer came");
        }
        HttpRequest request = request();
        for (int failures = 1; ; failures++) {
            if (ledger.cancelledWithin(Duration.ZERO)) {
                return new LeafOutcome.Cancelled("nothing was sent", null);
            }
            try {
                HttpTarget.permit(uri);
                ledger.save(JsonNodeFactory.instance.objectNode().put("sent", true));
                return answered(request);
            } catch (UnknownHostException e) {
                unreachable("its name is not known");
            } catch (ConnectException | HttpConnectTimeoutException e) {
                ledger.save(JsonNodeFactory.instance.objectNode().put("sent", false));
                unreachable("it takes no connection");
            } catch (IOException e) {
                return REPEATABLE.contains(method)
                        ? new LeafOutcome.Failed(called() + " failed: " + says(e), null, Map.of())
                        : unknown(says(e));
            }
            if (ledger.cancelledWithin(
                    away.after(failures, ThreadLocalRandom.current().nextDouble()))) {
                return new LeafOutcome.Cancelled("nothing was sent, " + uri.getHost() + " was away", null);
            }
        }
    }

    private LeafOutcome answered(HttpRequest request) throws IOException, LeaseLost, InterruptedException {
        try (HttpCall<HttpReply> call = HttpCall.send(http, request, HttpReply::read)) {
            while (true) {
                try {
                    HttpReply come = call.await(LOOK_FOR_CANCEL);
                    ledger.save(JsonNodeFactory.instance
                            .objectNode()
                            .put("sent", true)
                            .set("reply", come.json()));
                    return judge(come);
                } catch (TimeoutException _) {
                    if (ledger.cancelledWithin(Duration.ZERO)) {
                        return new LeafOutcome.Cancelled(called() + " was given up; it may have acted", null);
                    }
                    waiting("http answer", "the server, by answering");
                }
            }
        }
    }

    private HttpRequest request() throws CannotSend {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        boolean typed = false;
        boolean keyed = false;
        for (Map.Entry<String, HeaderValue> header : action.headers().entrySet()) {
            typed |= header.getKey().equalsIgnoreCase("Content-Type");
            keyed |= header.getKey().equalsIgnoreCase("Idempotency-Key");
            set(request, header.getKey(), text(header.getValue()));
        }
        if (!keyed) {
            set(request, "Idempotency-Key", work.idempotencyKey());
        }
        JsonNode body = action.body();
        if (body == null || body.isNull()) {
            return build(request, HttpRequest.BodyPublishers.noBody());
        }
        if (!typed) {
            set(request, "Content-Type", body.isTextual() ? "text/plain; charset=utf-8" : "application/json");
        }
        return build(
                request, HttpRequest.BodyPublishers.ofString(body.isTextual() ? body.textValue() : body.toString()));
    }

    private HttpRequest build(HttpRequest.Builder request, HttpRequest.BodyPublisher body) throws CannotSend {
        try {
            return request.method(method, body).build();
        } catch (IllegalArgumentException e) {
            throw new CannotSend(method + " is no method of HTTP that a step may use");
        }
    }

    private static void set(HttpRequest.Builder request, String name, String value) throws CannotSend {
        try {
            request.setHeader(name, value);
        } catch (IllegalArgumentException e) {
            // The cause's message shows the value, which may be a secret.
            throw new CannotSend("header " + name + " has a name or value that a request may not carry");
        }
    }

    private String text(HeaderValue value) throws CannotSend {
        try {
            return switch (value) {
                case HeaderValue.Text(String text) -> text;
                case HeaderValue.FromSecret(var ref) -> secrets.get(ref).text();
            };
        } catch (SecretMissing e) {
            throw new CannotSend(String.valueOf(e.getMessage()));
        }
    }

    private LeafOutcome judge(HttpReply reply) {
        boolean expected = action.expectedStatus().isEmpty()
                ? reply.status() >= 200 && reply.status() < 300
                : action.expectedStatus().contains(reply.status());
        if (expected) {
            return new LeafOutcome.Succeeded(reply.outputs(), null);
        }
        String wanted = action.expectedStatus().isEmpty()
                ? "200 to 299"
                : action.expectedStatus().toString();
        String redirect = reply.status() >= 300 && reply.status() < 400 ? "; redirects are not followed" : "";
        return new LeafOutcome.Failed(
                called() + " answered " + reply.status() + ", expected was " + wanted + redirect,
                null,
                reply.outputs());
    }

    private LeafOutcome unknown(String why) {
        return new LeafOutcome.Failed(
                "unknown outcome: " + called() + " may have acted or not (" + why + "), and is not sent twice",
                null,
                Map.of());
    }

    private void unreachable(String why) throws LeaseLost {
        waiting("http server", why);
    }

    private void waiting(String reason, String unblock) throws LeaseLost {
        ledger.waiting(new Wait(reason, uri.getHost(), clock.instant(), work.deadline(), unblock), null);
    }

    private String called() {
        return method + " " + uri.getHost() + (uri.getRawPath() == null ? "" : uri.getRawPath());
    }

    private static String says(IOException failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }
}
