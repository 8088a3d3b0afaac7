package dev.tiphys.gateway.intake.log;

import dev.tiphys.contracts.Topic;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Measures what is sent to the log, named as OpenTelemetry's conventions for messaging do. */
final class SendMeters {
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2_500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10)
    };

    private final MeterRegistry meters;
    private final Pair fine;
    private final Map<String, Pair> failed = new ConcurrentHashMap<>();

    private record Pair(Counter messages, Timer duration) {
        private void add(long nanos) {
            messages.increment();
            duration.record(nanos, TimeUnit.NANOSECONDS);
        }
    }

    SendMeters(MeterRegistry meters) {
        this.meters = meters;
        this.fine = pair("");
    }

    /** @param failure what it failed with; null if the broker has it */
    void sent(long nanos, @Nullable Exception failure) {
        Pair pair = failure == null
                ? fine
                : failed.computeIfAbsent(failure.getClass().getName(), this::pair);
        pair.add(nanos);
    }

    private Pair pair(String error) {
        Tags tags = Tags.of(
                "messaging.system",
                "kafka",
                "messaging.destination.name",
                Topic.EVENTS.topicName(),
                "messaging.operation.name",
                "send",
                "error.type",
                error);
        return new Pair(
                Counter.builder("messaging.client.sent.messages")
                        .description("Messages that were sent")
                        .tags(tags)
                        .register(meters),
                Timer.builder("messaging.client.operation.duration")
                        .description("How long an operation on the messaging system took")
                        .tags(tags.and("messaging.operation.type", "send"))
                        .serviceLevelObjectives(BUCKETS)
                        .register(meters));
    }
}
