package dev.tiphys.gateway.reception.http;

import dev.tiphys.gateway.trace.Span;
import dev.tiphys.gateway.trace.Tracing;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The spans of requests, named as OpenTelemetry's conventions for HTTP do. One of their attributes is missing on purpose: the
 * address ({@code url.path}, {@code url.query}) may hold the secret that proves its sender.
 */
final class HookSpans {
    private static final String ROUTE = "/hooks/{name}";
    private static final Set<String> METHODS =
            Set.of("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE");

    private HookSpans() {}

    static Span begin(Tracing tracing, RoutingContext context) {
        HttpServerRequest request = context.request();
        String method = request.method().name();
        boolean known = METHODS.contains(method);
        Span span =
                tracing.begin(Tracing.Kind.SERVER, known ? method : "HTTP", ROUTE, request.getHeader("traceparent"));
        if (span.equals(Span.NONE)) {
            return span;
        }
        context.put(ROUTE, span);
        return span.with("http.request.method", known ? method : "_OTHER")
                .with("http.route", ROUTE)
                .with("url.scheme", String.valueOf(request.scheme()))
                .with(
                        "network.protocol.version",
                        switch (request.version()) {
                            case HTTP_1_0 -> "1.0";
                            case HTTP_1_1 -> "1.1";
                            case HTTP_2 -> "2";
                        })
                .with("client.address", HookRoute.sender(request));
    }

    /** @param endpoint empty if there is none of that name */
    static void end(RoutingContext context, String endpoint, Answer answer) {
        @Nullable Span span = context.get(ROUTE);
        if (span == null) {
            return;
        }
        span.with("http.response.status_code", answer.status())
                .with("tiphys.verdict", answer.verdict().word());
        if (!endpoint.isEmpty()) {
            span.with("tiphys.endpoint", endpoint);
        }
        if (answer.status() >= 500) {
            span.failed(Integer.toString(answer.status()));
        }
        span.end();
    }
}
