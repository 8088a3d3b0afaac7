package dev.tiphys.gateway.reception.http;

import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Endpoint;
import dev.tiphys.gateway.delivery.PublishedKeys;
import dev.tiphys.gateway.ledger.DeliveryLedger;
import dev.tiphys.gateway.ledger.LedgerEntry;
import dev.tiphys.gateway.ledger.LedgerEntry.Way;
import dev.tiphys.gateway.ledger.VerdictWord;
import dev.tiphys.gateway.limit.Admission;
import dev.tiphys.gateway.limit.FairShare;
import dev.tiphys.gateway.reception.Received;
import dev.tiphys.gateway.reception.Reception;
import dev.tiphys.gateway.reception.Reception.Whole;
import dev.tiphys.gateway.trace.Span;
import dev.tiphys.gateway.trace.Tracing;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.configuration.MemorySize;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * {@code /hooks/{name}}: takes the bytes in, has them judged, and answers when the broker has the events. Small deliveries
 * are judged where their bytes came in; large ones, and those whose keys have to be looked up, on a virtual thread.
 */
@Singleton
final class HookRoute {
    private static final String PREFIX = "/hooks/";

    /** A digest and a parse of this many bytes take less than a millisecond: an event loop can spare that. */
    private static final int SMALL = 128 * 1024;

    /** How much of large bodies is parsed at once, in KiB: a tree can be several times its text. */
    private static final int PARSED_AT_ONCE = 32 * 1024;

    /** How long a large body waits for its turn. */
    private static final Duration TURN = Duration.ofSeconds(5);

    private final Semaphore parsing = new Semaphore(PARSED_AT_ONCE, /* fair= */ true);
    private final Endpoints endpoints;
    private final ProofValues proofs;
    private final Reception reception;
    private final Admission admission;
    private final DeliveryLedger ledger;
    private final Answers answers;
    private final Clock clock;
    private final Tracing tracing;
    private final FairShare room;
    private final long maxBody;
    private final Duration patience;

    HookRoute(
            Endpoints endpoints,
            ProofValues proofs,
            Reception reception,
            Admission admission,
            DeliveryLedger ledger,
            Answers answers,
            Clock clock,
            Tracing tracing,
            MeterRegistry meters,
            @ConfigProperty(name = "tiphys.gateway.hooks.max-buffered", defaultValue = "128M") MemorySize maxBuffered,
            @ConfigProperty(name = "tiphys.gateway.hooks.max-body", defaultValue = "25M") MemorySize maxBody,
            @ConfigProperty(name = "tiphys.gateway.hooks.patience", defaultValue = "30s") Duration patience) {
        this.endpoints = endpoints;
        this.proofs = proofs;
        this.reception = reception;
        this.admission = admission;
        this.ledger = ledger;
        this.answers = answers;
        this.clock = clock;
        this.tracing = tracing;
        this.room = new FairShare(maxBuffered.asLongValue());
        this.maxBody = maxBody.asLongValue();
        this.patience = patience;
        Gauge.builder("tiphys.gateway.hooks.buffered", room, FairShare::taken)
                .description("Bytes of deliveries that are held in memory")
                .baseUnit("bytes")
                .register(meters);
        Gauge.builder("tiphys.gateway.hooks.buffered.limit", maxBuffered::asLongValue)
                .description("How many bytes of deliveries may be held in memory")
                .baseUnit("bytes")
                .register(meters);
    }

    void register(@Observes Router router) {
        router.route(PREFIX + "*").handler(this::receive);
    }

    private void receive(RoutingContext context) {
        Span span = HookSpans.begin(tracing, context);
        HttpServerRequest request = context.request();
        Optional<Endpoints.Table> table = endpoints.current();
        if (table.isEmpty()) {
            refuse(context, "", maxBody, Answer.unavailable("the service is starting"));
            return;
        }
        Optional<Endpoints.Found> found = table.get().find(name(context.normalizedPath()));
        if (found.isEmpty()) {
            refuse(
                    context,
                    "",
                    maxBody,
                    Answer.problem(404, VerdictWord.UNKNOWN, "Not Found", "there is no endpoint of this name"));
            return;
        }
        Endpoint endpoint = found.get().endpoint();
        long limit = limit(endpoint);
        Optional<Answer> refusal = refusal(request, endpoint, limit);
        if (refusal.isPresent()) {
            refuse(context, endpoint.name(), limit, refusal.get());
            return;
        }
        long begin = System.nanoTime();
        BoundedBody body = new BoundedBody(request, endpoint.name(), limit, room);
        body.take(context.vertx(), patience(endpoint)).onComplete(taken -> {
            if (taken.failed()) {
                untaken(context, endpoint.name(), limit, taken.cause());
                return;
            }
            Delivery delivery = delivery(request, found.get(), taken.result());
            Duration receiving = Duration.ofNanos(System.nanoTime() - begin);
            judge(
                    context,
                    new Whole(
                            endpoint,
                            table.get().definitionsOffset(),
                            delivery,
                            sender(request),
                            receiving,
                            span.traceparent()));
        });
    }

    /** {@return what follows the prefix; the route serves {@code /hooks} alone as well} */
    private static String name(String path) {
        return path.substring(Math.min(path.length(), PREFIX.length()));
    }

    /** What can be told before the body is there. */
    private Optional<Answer> refusal(HttpServerRequest request, Endpoint endpoint, long limit) {
        if (!endpoint.methods().contains(request.method().name())) {
            return Optional.of(Answer.wrongMethod(endpoint.methods()));
        }
        Long limitOfHeaders = endpoint.limits().headers();
        if (limitOfHeaders != null) {
            long size = size(request.headers());
            if (size > limitOfHeaders) {
                return Optional.of(Answer.headersTooLarge(size, limitOfHeaders));
            }
        }
        String encoding = request.getHeader("Content-Encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            return Optional.of(Answer.problem(
                    415,
                    VerdictWord.MEDIA_TYPE,
                    "Unsupported Media Type",
                    "send the body as it is, without Content-Encoding"));
        }
        if (!endpoint.mapper().reads(request.getHeader("Content-Type"))) {
            return Optional.of(Answer.problem(
                    415,
                    VerdictWord.MEDIA_TYPE,
                    "Unsupported Media Type",
                    "set the content type of the webhook to application/json: what is read here is "
                            + endpoint.mapper().form()));
        }
        if (announced(request) > limit) {
            return Optional.of(Answer.tooLarge(limit));
        }
        if (admission.atTheDoor(endpoint.name(), sender(request)) instanceof Admission.Answer.Limited limited) {
            return Optional.of(Answer.limited(limited.why(), limited.retryAfter()));
        }
        return Optional.empty();
    }

    /** {@return how many bytes the names and values have; in a head a character is a byte} */
    private static long size(MultiMap headers) {
        long size = 0;
        for (Map.Entry<String, String> header : headers) {
            size += header.getKey().length() + header.getValue().length();
        }
        return size;
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

    private long limit(Endpoint endpoint) {
        Long own = endpoint.limits().body();
        return own == null ? maxBody : Math.min(own, maxBody);
    }

    private Duration patience(Endpoint endpoint) {
        Duration own = endpoint.limits().time();
        return own == null || own.compareTo(patience) > 0 ? patience : own;
    }

    static String sender(HttpServerRequest request) {
        SocketAddress address = request.remoteAddress();
        return address == null || address.hostAddress() == null ? "" : address.hostAddress();
    }

    private Delivery delivery(HttpServerRequest request, Endpoints.Found found, Buffer bytes) {
        String query = request.query();
        return new Delivery(
                found.endpoint().name(),
                request.method().name(),
                found.rest(),
                query == null ? "" : query,
                headers(request.headers()),
                bytes.getBytes(),
                clock.instant());
    }

    private void judge(RoutingContext context, Whole whole) {
        Optional<List<byte[]>> atHand =
                whole.delivery().body().length > SMALL ? Optional.empty() : proofs.atHand(whole.endpoint());
        if (atHand.isPresent()) {
            finish(context, whole, received(whole, atHand.get()));
            return;
        }
        Thread.ofVirtual().name("delivery").start(() -> finish(context, whole, lookedUp(whole)));
    }

    private CompletionStage<Received> lookedUp(Whole whole) {
        try {
            return switch (proofs.of(whole.endpoint(), whole.delivery())) {
                case ProofValues.Found.Values(var values) -> inTurn(whole, values);
                case ProofValues.Found.Never(var reason) -> {
                    answers.warn(whole.endpoint().name(), reason + ": every delivery is refused");
                    yield received(whole, List.of());
                }
            };
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletionStage<Received> inTurn(Whole whole, List<byte[]> values) throws InterruptedException {
        int size = Math.clamp(whole.delivery().body().length / 1024, 1, PARSED_AT_ONCE);
        if (!parsing.tryAcquire(size, TURN.toMillis(), TimeUnit.MILLISECONDS)) {
            remember(
                    whole.endpoint().name(),
                    Answer.unavailable("too many large bodies are being read"),
                    whole.delivery().body().length);
            return CompletableFuture.completedFuture(new Received.Unavailable());
        }
        try {
            return received(whole, values);
        } finally {
            parsing.release(size);
        }
    }

    private CompletionStage<Received> received(Whole whole, List<byte[]> values) {
        try {
            return reception.receive(whole, values);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void finish(RoutingContext context, Whole whole, CompletionStage<Received> outcome) {
        String name = whole.endpoint().name();
        // The answer is all that is to be heard of it.
        var _ = outcome.whenComplete((received, failure) -> {
            int bytes = whole.delivery().body().length;
            room.give(name, bytes);
            Answer answer;
            if (failure == null) {
                long limit = limit(whole.endpoint());
                answer = whole.endpoint().mapper().isPublishedTo()
                        ? answers.toPublisher(received, limit)
                        : answers.to(received, limit);
            } else {
                if (Answers.cause(failure) instanceof PublishedKeys.KeysUnavailable) {
                    // It proved nothing, and made us ask for a key: anybody can name one.
                    admission.unverified(name, whole.sender());
                }
                answer = answers.failed(name, failure);
                remember(name, answer, bytes);
            }
            Answer told = answer;
            context.vertx().runOnContext(_ -> answers.send(context, name, told));
        });
    }

    private void untaken(RoutingContext context, String name, long limit, Throwable failure) {
        BoundedBody.Trouble trouble =
                failure instanceof BoundedBody.NoBody no ? no.trouble() : BoundedBody.Trouble.GONE;
        Answer answer = switch (trouble) {
            case TOO_LARGE -> Answer.tooLarge(limit);
            case TOO_BUSY -> Answer.unavailable("too much is under way");
            case TOO_SLOW, GONE ->
                Answer.problem(408, VerdictWord.GONE, "Request Timeout", "the body did not come to its end");
        };
        remember(name, answer, 0);
        answers.send(context, name, answer);
    }

    private void refuse(RoutingContext context, String name, long limit, Answer answer) {
        new BoundedBody(context.request(), name, limit, room).discard(context.vertx(), patience);
        remember(name, answer, announced(context.request()));
        answers.send(context, name, answer);
    }

    private void remember(String name, Answer answer, long bytes) {
        ledger.record(
                LedgerEntry.bare(clock.instant(), name, Way.HOOK, answer.verdict(), answer.reason(), null, bytes));
    }

    private static Map<String, String> headers(MultiMap headers) {
        Map<String, String> map = new HashMap<>();
        headers.forEach(header -> map.putIfAbsent(header.getKey().toLowerCase(Locale.ROOT), header.getValue()));
        return map;
    }
}
