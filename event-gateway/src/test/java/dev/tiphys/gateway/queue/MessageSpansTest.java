package dev.tiphys.gateway.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.contracts.definition.Queue;
import dev.tiphys.gateway.queue.QueueMessage.Attribute;
import dev.tiphys.gateway.trace.otel.Recorded;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class MessageSpansTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SENDER = "00-" + TRACE + "-b7ad6b7169203331-01";

    private final World world = new World();
    private final Recorded recorded = Recorded.everything();
    private final Subscription orders = World.sqs("https://sqs/secret-account/orders", null, "message.body.order", 3);

    @BeforeEach
    void collect() {
        world.tracing = recorded.tracing();
    }

    @Test
    void aMessageHasASpanBelowItsSendersAndItsEventIsBelowThat() throws InterruptedException {
        world.desk.handle(orders, traced());

        SpanData span = only();
        assertThat(span.getName()).isEqualTo("process orders");
        assertThat(span.getKind()).isEqualTo(SpanKind.CONSUMER);
        assertThat(span.getTraceId()).isEqualTo(TRACE);
        assertThat(span.getParentSpanId()).isEqualTo("b7ad6b7169203331");
        assertThat(span.getLinks()).hasSize(1);
        assertThat(attributes(span))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "messaging.system", "aws_sqs",
                        "messaging.operation.name", "process",
                        "messaging.operation.type", "process",
                        "messaging.destination.name", "orders",
                        "messaging.message.id", "m-1",
                        "tiphys.verdict", "accepted"));
        assertThat(world.log.getFirst().event().causality().traceparent())
                .isEqualTo("00-" + TRACE + "-" + span.getSpanId() + "-01");
    }

    @Test
    void aMessageOfNobodysTraceBeginsOne() throws InterruptedException {
        world.desk.handle(orders, World.message("m-1", "{\"order\": 1}"));

        assertThat(only().getParentSpanContext().isValid()).isFalse();
        assertThat(only().getLinks()).isEmpty();
    }

    @Test
    void aRecordsSpanNamesItsConsumerGroup() throws InterruptedException {
        Subscription topic = new Subscription(
                "topic",
                null,
                new Queue.Transport.Kafka("broker:9092", "orders", "tiphys", Queue.From.LATEST, null),
                null,
                3,
                null);
        world.desk.handle(topic, World.message("m-1", "{}"));

        assertThat(attributes(only()))
                .containsEntry("messaging.system", "kafka")
                .containsEntry("messaging.consumer.group.name", "tiphys");
    }

    @Nested
    class WhatWentWrong {
        @Test
        void isSaidAsTheMetricsDo() throws InterruptedException {
            world.desk.handle(orders, World.message("m-1", "{}").receivedTimes(1));
            world.desk.handle(orders, World.message("m-1", "{}").receivedTimes(3));
            world.away();
            world.desk.handle(orders, World.message("m-2", "{\"order\": 2}"));

            assertThat(recorded.spans())
                    .extracting(span -> attributes(span).get("error.type"))
                    .containsExactly("failed", "parked", "unavailable");
            assertThat(recorded.spans()).allMatch(span -> span.getStatus().getStatusCode() == StatusCode.ERROR);
        }
    }

    @Test
    void withoutACollectorAMessagesOwnTraceIsCarriedOn() throws InterruptedException {
        World dark = new World();
        dark.desk.handle(orders, traced());

        assertThat(dark.log.getFirst().event().causality().traceparent()).isEqualTo(SENDER);
    }

    private static QueueMessage traced() {
        QueueMessage plain = World.message("m-1", "{\"order\": 1}");
        return new QueueMessage(
                plain.id(),
                plain.body(),
                Map.of("traceparent", new Attribute("String", SENDER)),
                plain.headers(),
                plain.facts(),
                plain.group(),
                plain.lane(),
                plain.receives(),
                plain.sentAt(),
                plain.receivedAt());
    }

    private SpanData only() {
        assertThat(recorded.spans()).hasSize(1);
        return recorded.spans().getFirst();
    }

    private static Map<String, String> attributes(SpanData span) {
        Map<String, String> attributes = new HashMap<>();
        span.getAttributes()
                .forEach((AttributeKey<?> key, Object value) -> attributes.put(key.getKey(), value.toString()));
        return attributes;
    }
}
