package dev.tiphys.gateway.delivery.http;

import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.DeliveryRules;
import dev.tiphys.gateway.delivery.Endpoint;
import dev.tiphys.gateway.delivery.Invitations;
import dev.tiphys.gateway.delivery.PublishedKeys;
import dev.tiphys.gateway.delivery.Verdict;
import dev.tiphys.gateway.intake.Arrival;
import dev.tiphys.gateway.intake.Intake;
import dev.tiphys.platform.log.LogUnavailable;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.configuration.MemorySize;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * {@code POST /hooks/{name}}: takes the bytes in, has them judged, and answers when the broker has the event. The event
 * loop only takes bytes in; digests, parsing and secrets, which may block, are done on a virtual thread for each delivery.
 */
@Singleton
final class HookRoute {
    private static final String PREFIX = "/hooks/";
    private static final Duration BETWEEN_WARNINGS = Duration.ofMinutes(1);
    private static final Logger log = Logger.getLogger(HookRoute.class);

    private final Endpoints endpoints;
    private final ProofValues proofs;
    private final Invitations invitations;
    private final Intake intake;
    private final MemoryBudget budget;
    private final Clock clock;
    private final MeterRegistry meters;
    private final long maxBody;
    private final Duration patience;
    private final Map<String, Instant> warned = new ConcurrentHashMap<>();

    HookRoute(
            Endpoints endpoints,
            ProofValues proofs,
            Invitations invitations,
            Intake intake,
            MemoryBudget budget,
            Clock clock,
            MeterRegistry meters,
            @ConfigProperty(name = "tiphys.gateway.hooks.max-body", defaultValue = "25M") MemorySize maxBody,
            @ConfigProperty(name = "tiphys.gateway.hooks.patience", defaultValue = "30s") Duration patience) {
        this.endpoints = endpoints;
        this.proofs = proofs;
        this.invitations = invitations;
        this.intake = intake;
        this.budget = budget;
        this.clock = clock;
        this.meters = meters;
        this.maxBody = maxBody.asLongValue();
        this.patience = patience;
    }

    void register(@Observes Router router) {
        router.route(PREFIX + "*").handler(this::receive);
    }

    private void receive(RoutingContext context) {
        HttpServerRequest request = context.request();
        BoundedBody body = new BoundedBody(request, maxBody, budget);
        String name = context.normalizedPath().substring(PREFIX.length());
        Optional<Endpoints.Table> table = endpoints.current();
        if (table.isEmpty()) {
            body.discard();
            answer(context, "", Answer.unavailable("the service is starting"));
            return;
        }
        Optional<Endpoint> endpoint = table.get().find(name);
        Optional<Answer> refusal = refusal(request, endpoint);
        if (refusal.isPresent() || endpoint.isEmpty()) {
            body.discard();
            answer(context, endpoint.isEmpty() ? "" : name, refusal.orElseGet(HookRoute::unknown));
            return;
        }
        long offset = table.get().definitionsOffset();
        body.take(context.vertx(), patience)
                .onSuccess(bytes -> judge(context, endpoint.get(), offset, bytes))
                .onFailure(failure -> untaken(context, name, failure));
    }

    /** What can be told before the body is there. */
    private Optional<Answer> refusal(HttpServerRequest request, Optional<Endpoint> endpoint) {
        if (endpoint.isEmpty()) {
            return Optional.of(unknown());
        }
        if (!request.method().equals(HttpMethod.POST)) {
            return Optional.of(Answer.problem(405, "method", "Method Not Allowed", "deliveries come by POST"));
        }
        String encoding = request.getHeader("Content-Encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            return Optional.of(Answer.problem(
                    415, "media-type", "Unsupported Media Type", "send the body as it is, without Content-Encoding"));
        }
        if (!Delivery.isJson(request.getHeader("Content-Type"))) {
            return Optional.of(Answer.problem(
                    415,
                    "media-type",
                    "Unsupported Media Type",
                    "set the content type of the webhook to application/json: no other is read"));
        }
        if (announced(request) > maxBody) {
            return Optional.of(tooLarge());
        }
        return Optional.empty();
    }

    private static long announced(HttpServerRequest request) {
        String length = request.getHeader("Content-Length");
        try {
            return length == null ? 0 : Long.parseLong(length.strip());
        } catch (NumberFormatException e) {
            // The server refuses such a header itself; the bytes are counted anyhow.
            return 0;
        }
    }

    private void untaken(RoutingContext context, String name, Throwable failure) {
        BoundedBody.Trouble trouble =
                failure instanceof BoundedBody.NoBody no ? no.trouble() : BoundedBody.Trouble.GONE;
        answer(
                context,
                name,
                switch (trouble) {
                    case TOO_LARGE -> tooLarge();
                    case TOO_BUSY -> Answer.unavailable("too much is under way");
                    case TOO_SLOW, GONE ->
                        Answer.problem(408, "gone", "Request Timeout", "the body did not come to its end");
                });
    }

    private void judge(RoutingContext context, Endpoint endpoint, long offset, Buffer bytes) {
        Delivery delivery =
                new Delivery(endpoint.name(), headers(context.request().headers()), bytes.getBytes(), clock.instant());
        Thread.ofVirtual().name("delivery").start(() -> {
            CompletionStage<Answer> outcome = outcome(endpoint, offset, delivery);
            outcome.whenComplete((answer, failure) -> {
                budget.release(bytes.length());
                context.vertx()
                        .runOnContext(_ -> answer(
                                context, endpoint.name(), failure == null ? answer : failed(endpoint.name(), failure)));
            });
        });
    }

    private CompletionStage<Answer> outcome(Endpoint endpoint, long offset, Delivery delivery) {
        try {
            return switch (DeliveryRules.judge(endpoint, values(endpoint, delivery), offset, delivery)) {
                case Verdict.Accepted(var _, var events, var secret) -> {
                    meters.counter("tiphys.gateway.secrets", "endpoint", endpoint.name(), "age", age(secret))
                            .increment();
                    Arrival arrival = new Arrival(events.stream()
                            .map(event -> new Arrival.Outgoing(event.data().endpoint(), event, null))
                            .toList());
                    yield intake.take(arrival).thenApply(_ -> Answer.accepted(arrival.key()));
                }
                case Verdict.Irrelevant(var reason, var _) ->
                    CompletableFuture.completedFuture(Answer.irrelevant(reason));
                case Verdict.Challenged(var answer, var _) ->
                    CompletableFuture.completedFuture(Answer.challenged(answer));
                case Verdict.Invited(var address, var _) ->
                    CompletableFuture.completedFuture(invited(endpoint, address));
                case Verdict.Rejected(var refusal, var reason) ->
                    CompletableFuture.completedFuture(
                            switch (refusal) {
                                case UNVERIFIED -> Answer.problem(401, "unverified", "Unauthorized", reason);
                                case MALFORMED -> Answer.problem(400, "malformed", "Bad Request", reason);
                                case FOREIGN -> Answer.problem(403, "foreign", "Forbidden", reason);
                            });
            };
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static String age(int secret) {
        return secret == 0 ? "present" : "previous";
    }

    private List<byte[]> values(Endpoint endpoint, Delivery delivery) {
        return switch (proofs.of(endpoint, delivery)) {
            case ProofValues.Found.Values(var values) -> values;
            case ProofValues.Found.Never(var reason) -> {
                warn(endpoint.name(), reason + ": every delivery is refused");
                yield List.of();
            }
        };
    }

    private Answer invited(Endpoint endpoint, URI address) {
        return invitations.accept(endpoint.name(), address)
                ? Answer.irrelevant("the invitation is accepted")
                : Answer.unavailable("the invitation could not be accepted; ask again");
    }

    private Answer failed(String name, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof PublishedKeys.KeysUnavailable) {
            warn(name, "a delivery could not be verified: " + cause.getMessage());
            return Answer.unavailable("the key that would prove it could not be fetched; deliver it again");
        }
        if (cause instanceof LogUnavailable || cause instanceof Intake.Busy) {
            warn(name, "a delivery could not be published: " + cause.getMessage());
        } else {
            log.errorf(cause, "endpoint %s: a delivery could not be judged", name);
        }
        return Answer.unavailable("the delivery could not be kept; deliver it again");
    }

    /** Says the same about an endpoint once a minute: strangers can make it happen as often as they like. */
    private void warn(String name, String what) {
        Instant now = clock.instant();
        Instant said = warned.merge(
                name, now, (before, _) -> before.plus(BETWEEN_WARNINGS).isBefore(now) ? now : before);
        if (said.equals(now)) {
            log.warnf("endpoint %s: %s", name, what);
        }
    }

    private static Map<String, String> headers(MultiMap headers) {
        Map<String, String> map = new HashMap<>();
        headers.forEach(header -> map.putIfAbsent(header.getKey().toLowerCase(Locale.ROOT), header.getValue()));
        return map;
    }

    private static Answer unknown() {
        return Answer.problem(404, "unknown", "Not Found", "there is no endpoint of this name");
    }

    private Answer tooLarge() {
        return Answer.problem(413, "too-large", "Content Too Large", "up to " + maxBody + " bytes are taken");
    }

    private void answer(RoutingContext context, String endpoint, Answer answer) {
        meters.counter("tiphys.gateway.deliveries", "endpoint", endpoint, "verdict", answer.verdict())
                .increment();
        HttpServerResponse response = context.response();
        if (response.ended() || response.closed()) {
            return;
        }
        response.setStatusCode(answer.status()).putHeader("Content-Type", answer.contentType());
        if (answer.status() == 405) {
            response.putHeader("Allow", "POST");
        }
        Integer retryAfter = answer.retryAfter();
        if (retryAfter != null) {
            response.putHeader("Retry-After", retryAfter.toString());
        }
        response.end(Buffer.buffer(answer.body()))
                .onFailure(failure -> log.debugf("a sender did not wait for its answer: %s", failure.getMessage()));
    }
}
