package dev.tiphys.gateway.trace;

import org.jspecify.annotations.Nullable;

/** Begins spans. Whoever begins one names its attributes as OpenTelemetry's conventions do. Thread-safe, and never blocks. */
@FunctionalInterface
public interface Tracing {
    /** Nobody collects traces: there are no spans, and traces of others are carried on as they came. */
    Tracing OFF = (_, _, _, _) -> Span.NONE;

    /** What a span is to the others of its trace. */
    enum Kind {
        /** A request from outside. */
        SERVER,
        /** A message that is sent. */
        PRODUCER,
        /** A message that is handled; it also links to the span that sent the message. */
        CONSUMER
    }

    /**
     * {@return a span that begins now, and that its caller ends}
     *
     * @param operation the first word of its name, for example {@code send}
     * @param target the rest of its name; never anything that a stranger chose, or that may be secret
     * @param traceparent the W3C trace context of the span above; null, or one that is none, begins a trace
     */
    Span begin(Kind kind, String operation, String target, @Nullable String traceparent);
}
