package dev.tiphys.gateway.queue;

import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.definition.Queue;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.gateway.intake.Arrival;
import dev.tiphys.gateway.intake.Intake;
import dev.tiphys.gateway.intake.Outbox;
import dev.tiphys.gateway.intake.Taken;
import dev.tiphys.gateway.ledger.LedgerEntry;
import dev.tiphys.gateway.trace.Tracing;
import dev.tiphys.platform.expression.cel.CelExpressions;
import dev.tiphys.platform.log.LogUnavailable;
import dev.tiphys.platform.log.RecordRefused;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What is around the readers of queues: a log that can be away, a parking lot, a ledger. */
public final class World {
    public final InMemoryParkingLot lot = new InMemoryParkingLot();
    public final List<Arrival.Outgoing> log = new CopyOnWriteArrayList<>();
    public final List<LedgerEntry> ledger = new CopyOnWriteArrayList<>();
    public final List<Parked> deadLetters = new CopyOnWriteArrayList<>();
    public final QueueWatches watches = new QueueWatches(Instant::now, _ -> {});
    public final Intake intake = new Outbox(
            this::publish,
            _ -> CompletableFuture.completedFuture(false),
            new Outbox.Bounds(1_000, 10_000, Duration.ZERO, Duration.ofMinutes(1)),
            System::nanoTime);
    public final MessageDesk desk = new MessageDesk(new MessageDesk.Means(
            intake,
            lot,
            parked -> {
                deadLetters.add(parked);
                return CompletableFuture.completedFuture(null);
            },
            ledger::add,
            new CelExpressions(),
            () -> 7,
            (_, _, _) -> {},
            World::trouble,
            (kind, operation, target, traceparent) -> this.tracing.begin(kind, operation, target, traceparent),
            Instant::now));

    public volatile Tracing tracing = Tracing.OFF;

    /** What happens before events are written; it may fail, or take its time. */
    public volatile UnaryOperator<List<Arrival.Outgoing>> before = UnaryOperator.identity();

    private CompletionStage<List<Taken.Position>> publish(List<Arrival.Outgoing> events) {
        try {
            log.addAll(before.apply(events));
            return CompletableFuture.completedFuture(
                    events.stream().map(_ -> new Taken.Position(0, log.size())).toList());
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    public static Trouble trouble(Throwable failure) {
        return failure instanceof LogUnavailable || failure instanceof Intake.Busy ? Trouble.AWAY : Trouble.MESSAGE;
    }

    public void away() {
        before = _ -> {
            throw unavailable();
        };
    }

    public void back() {
        before = UnaryOperator.identity();
    }

    public static LogUnavailable unavailable() {
        return new LogUnavailable("the broker is away", new IllegalStateException());
    }

    public static RecordRefused refused() {
        return new RecordRefused("the broker takes no record as large as this one", new IllegalStateException());
    }

    public List<ExternalEvent> events() {
        return log.stream().map(Arrival.Outgoing::event).map(CloudEvent::data).toList();
    }

    public static Subscription sqs(String url, @Nullable String endpoint, @Nullable String key, int maxReceives) {
        return new Subscription(
                "orders", null, new Queue.Transport.Sqs(url, "us-east-1", endpoint, "aws"), key, maxReceives, null);
    }

    public static QueueMessage message(String id, String body) {
        return new QueueMessage(
                id,
                body.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                Map.of(),
                Map.of(),
                Map.of("sentTimestamp", "2026-01-01T00:00:00Z"),
                null,
                null,
                1,
                Instant.parse("2026-01-01T00:00:00Z"),
                Instant.parse("2026-01-01T00:00:01Z"));
    }
}
