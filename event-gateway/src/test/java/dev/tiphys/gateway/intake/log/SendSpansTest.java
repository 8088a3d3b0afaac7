package dev.tiphys.gateway.intake.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.gateway.intake.Arrival.Outgoing;
import dev.tiphys.gateway.trace.Span;
import dev.tiphys.gateway.trace.otel.Recorded;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class SendSpansTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final RecordMetadata PLACE =
            new RecordMetadata(new TopicPartition("tiphys.events", 3), 41, 1, 0, 0, 0);

    private final Recorded recorded = Recorded.everything();

    @Test
    void whatTheBrokerHasIsToldWithItsPlace() {
        SendSpans.end(begun(), PLACE, null);

        SpanData span = recorded.spans().getFirst();
        assertThat(span.getName()).isEqualTo("send tiphys.events");
        assertThat(span.getKind()).isEqualTo(SpanKind.PRODUCER);
        assertThat(span.getTraceId()).isEqualTo(TRACE);
        assertThat(span.getParentSpanId()).isEqualTo("b7ad6b7169203331");
        assertThat(attributes(span))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "messaging.system", "kafka",
                        "messaging.operation.name", "send",
                        "messaging.operation.type", "send",
                        "messaging.destination.name", "tiphys.events",
                        "messaging.destination.partition.id", "3",
                        "messaging.kafka.offset", 42L,
                        "cloudevents.event_id", "e-1",
                        "cloudevents.event_source", "/tiphys/gateway/shop"));
    }

    @Test
    void whatTheBrokerDidNotTakeIsAnError() {
        // The client gives a place without an offset beside its failure.
        SendSpans.end(begun(), PLACE, new TimeoutException("secret"));
        SendSpans.end(begun(), null, new IllegalStateException("closed"));

        assertThat(recorded.spans())
                .allMatch(span -> span.getStatus().getStatusCode() == StatusCode.ERROR)
                .extracting(span -> attributes(span).get("error.type"))
                .containsExactly(TimeoutException.class.getName(), IllegalStateException.class.getName());
        assertThat(recorded.spans())
                .allSatisfy(span -> assertThat(attributes(span)).doesNotContainKey("messaging.kafka.offset"));
    }

    private Span begun() {
        return SendSpans.begin(
                recorded.tracing(),
                new Outgoing(
                        "shop",
                        new CloudEvent<>(
                                "e-1",
                                "/tiphys/gateway/shop",
                                "push",
                                Instant.EPOCH,
                                new Causality(null, null, "00-" + TRACE + "-b7ad6b7169203331-01", 7L),
                                new ExternalEvent(
                                        "shop",
                                        null,
                                        "push",
                                        "d-1",
                                        null,
                                        Map.of(),
                                        Map.of(),
                                        JsonNodeFactory.instance.objectNode())),
                        null));
    }

    private static Map<String, Object> attributes(SpanData span) {
        Map<String, Object> attributes = new HashMap<>();
        span.getAttributes().forEach((AttributeKey<?> key, Object value) -> attributes.put(key.getKey(), value));
        return attributes;
    }
}
