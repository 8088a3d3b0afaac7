package dev.tiphys.gateway.intake.log;

import dev.tiphys.contracts.Topic;
import dev.tiphys.gateway.intake.Arrival.Outgoing;
import dev.tiphys.gateway.trace.Span;
import dev.tiphys.gateway.trace.Tracing;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** The spans of what is sent to the log, named as OpenTelemetry's conventions for messaging do. */
final class SendSpans {
    private SendSpans() {}

    static Span begin(Tracing tracing, Outgoing outgoing) {
        String topic = Topic.EVENTS.topicName();
        return tracing.begin(
                        Tracing.Kind.PRODUCER,
                        "send",
                        topic,
                        outgoing.event().causality().traceparent())
                .with("messaging.system", "kafka")
                .with("messaging.operation.name", "send")
                .with("messaging.operation.type", "send")
                .with("messaging.destination.name", topic)
                .with("cloudevents.event_id", outgoing.event().id())
                .with("cloudevents.event_source", outgoing.event().source());
    }

    /**
     * @param metadata null, or without a place, if it failed
     * @param failure null if the broker has it
     */
    static void end(Span span, @Nullable RecordMetadata metadata, @Nullable Exception failure) {
        if (failure != null) {
            span.failed(failure.getClass().getName()).end();
            return;
        }
        if (metadata != null) {
            span.with("messaging.destination.partition.id", Integer.toString(metadata.partition()))
                    .with("messaging.kafka.offset", metadata.offset());
        }
        span.end();
    }
}
