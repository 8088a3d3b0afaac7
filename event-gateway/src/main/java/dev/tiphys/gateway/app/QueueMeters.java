package dev.tiphys.gateway.app;

import dev.tiphys.gateway.queue.MessageDesk;
import dev.tiphys.gateway.queue.Outcome;
import dev.tiphys.gateway.queue.QueueWatch;
import dev.tiphys.gateway.queue.Subscription;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Measures how queues are read, named as OpenTelemetry's conventions for messaging do where they have a name. */
@Singleton
final class QueueMeters implements MessageDesk.Handled {
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(10),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10)
    };

    private final MeterRegistry meters;
    private final MultiGauge inFlight;
    private final MultiGauge state;
    private final Map<Series, Pair> handled = new ConcurrentHashMap<>();

    private record Series(String queue, String system, String error) {}

    private record Pair(Counter messages, Timer duration) {}

    QueueMeters(MeterRegistry meters) {
        this.meters = meters;
        this.inFlight = MultiGauge.builder("tiphys.gateway.queue.inflight")
                .description("Messages that were read and are not settled")
                .register(meters);
        this.state = MultiGauge.builder("tiphys.gateway.queue.state")
                .description("1 for the state that the reading of a queue is in")
                .register(meters);
    }

    /** Measures exactly these queues from now on. */
    void follow(List<QueueWatch> watches) {
        inFlight.register(
                watches.stream()
                        .map(watch -> Row.of(
                                tags(watch.status()), watch, one -> one.status().inFlight()))
                        .toList(),
                /* overwrite= */ true);
        state.register(
                watches.stream()
                        .flatMap(watch -> Arrays.stream(QueueWatch.State.values())
                                .map(which -> Row.of(
                                        tags(watch.status())
                                                .and("state", which.name().toLowerCase(Locale.ROOT)),
                                        watch,
                                        one -> one.status().state() == which ? 1 : 0)))
                        .toList(),
                /* overwrite= */ true);
    }

    private static Tags tags(QueueWatch.Status status) {
        return Tags.of("messaging.destination.name", status.name(), "messaging.system", system(status.transport()));
    }

    private static String system(String transport) {
        return transport.equals("sqs") ? "aws_sqs" : transport;
    }

    @Override
    public void heard(Subscription queue, Outcome outcome, Duration took) {
        Pair pair = handled.computeIfAbsent(new Series(queue.name(), queue.system(), outcome.errorType()), this::pair);
        pair.messages().increment();
        pair.duration().record(took);
    }

    private Pair pair(Series series) {
        Tags tags = Tags.of(
                "messaging.destination.name",
                series.queue(),
                "messaging.system",
                series.system(),
                "messaging.operation.name",
                "process",
                "error.type",
                series.error());
        return new Pair(
                Counter.builder("messaging.client.consumed.messages")
                        .description("Messages that were handled, each time that they were")
                        .tags(tags)
                        .register(meters),
                Timer.builder("messaging.process.duration")
                        .description("How long it took to handle a message")
                        .tags(tags)
                        .serviceLevelObjectives(BUCKETS)
                        .register(meters));
    }
}
