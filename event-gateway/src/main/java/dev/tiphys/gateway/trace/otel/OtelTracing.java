package dev.tiphys.gateway.trace.otel;

import dev.tiphys.gateway.trace.Span;
import dev.tiphys.gateway.trace.Tracing;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Spans of OpenTelemetry's SDK. */
final class OtelTracing implements Tracing, AutoCloseable {
    /** The product stops within five seconds, of which others need most. */
    private static final Duration FLUSH = Duration.ofMillis(500);

    private final SdkTracerProvider provider;
    private final Tracer tracer;
    private final Backlog backlog;

    OtelTracing(SdkTracerProvider provider, Backlog backlog) {
        this.provider = provider;
        this.tracer = provider.get("dev.tiphys.gateway");
        this.backlog = backlog;
    }

    @Override
    public Span begin(Kind kind, String operation, String target, @Nullable String traceparent) {
        Context above = traceparent == null
                ? Context.root()
                : W3CTraceContextPropagator.getInstance().extract(Context.root(), traceparent, Header.ONLY);
        SpanBuilder builder = tracer.spanBuilder(operation + " " + target).setParent(above);
        switch (kind) {
            case SERVER -> builder.setSpanKind(SpanKind.SERVER);
            case PRODUCER -> builder.setSpanKind(SpanKind.PRODUCER);
            case CONSUMER ->
                builder.setSpanKind(SpanKind.CONSUMER)
                        .addLink(io.opentelemetry.api.trace.Span.fromContext(above)
                                .getSpanContext());
        }
        return new Begun(builder.startSpan(), backlog);
    }

    /** Sends what waits, for half a second at most; the rest is lost. */
    @Override
    public void close() {
        var _ = provider.shutdown().join(FLUSH.toMillis(), TimeUnit.MILLISECONDS);
    }

    private record Begun(io.opentelemetry.api.trace.Span span, Backlog backlog) implements Span {
        @Override
        public String traceparent() {
            SpanContext context = span.getSpanContext();
            return "00-" + context.getTraceId() + "-" + context.getSpanId() + "-"
                    + context.getTraceFlags().asHex();
        }

        @Override
        public Span with(String attribute, String value) {
            span.setAttribute(attribute, value);
            return this;
        }

        @Override
        public Span with(String attribute, long value) {
            span.setAttribute(attribute, value);
            return this;
        }

        @Override
        public Span failed(String errorType) {
            span.setAttribute("error.type", errorType).setStatus(StatusCode.ERROR);
            return this;
        }

        @Override
        public void end() {
            if (span.getSpanContext().isSampled() && backlog.hasRoom()) {
                span.end();
            }
        }
    }

    /** A {@code traceparent} that stands alone. */
    private enum Header implements TextMapGetter<String> {
        ONLY;

        @Override
        public Iterable<String> keys(String traceparent) {
            return List.of("traceparent");
        }

        @Override
        public @Nullable String get(@Nullable String traceparent, String key) {
            return key.equals("traceparent") ? traceparent : null;
        }
    }
}
