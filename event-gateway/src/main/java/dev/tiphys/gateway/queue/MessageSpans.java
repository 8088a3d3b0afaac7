package dev.tiphys.gateway.queue;

import dev.tiphys.contracts.definition.Queue;
import dev.tiphys.gateway.trace.Span;
import dev.tiphys.gateway.trace.Tracing;
import java.util.Locale;

/**
 * The spans of messages, named as OpenTelemetry's conventions for messaging do. A message is handled by itself, so the span
 * that sent it is the parent, and one trace tells the whole story; the conventions want the link beside it.
 */
final class MessageSpans {
    private static final String PROCESS = "process";

    private MessageSpans() {}

    static Span begin(Tracing tracing, Subscription queue, QueueMessage message) {
        Span span = tracing.begin(Tracing.Kind.CONSUMER, PROCESS, queue.name(), MessageRules.traceparent(message))
                .with("messaging.system", queue.system())
                .with("messaging.operation.name", PROCESS)
                .with("messaging.operation.type", PROCESS)
                .with("messaging.destination.name", queue.name())
                .with("messaging.message.id", message.id());
        return queue.transport() instanceof Queue.Transport.Kafka kafka
                ? span.with("messaging.consumer.group.name", kafka.group())
                : span;
    }

    /** Says what the message came to; the words are those of the metrics. */
    static void handled(Span span, Outcome outcome) {
        if (outcome instanceof Outcome.Settled(var verdict)) {
            span.with("tiphys.verdict", verdict.name().toLowerCase(Locale.ROOT));
        }
        String error = outcome.errorType();
        if (!error.isEmpty()) {
            span.failed(error);
        }
    }
}
