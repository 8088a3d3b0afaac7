package dev.tiphys.engine.trigger.kafka;

import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.cloudevent.CloudEventCodec;
import dev.tiphys.contracts.cloudevent.Decoded;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.engine.run.Libraries;
import dev.tiphys.engine.run.Library;
import dev.tiphys.engine.run.RunsUnavailable;
import dev.tiphys.engine.trigger.Arrivals;
import dev.tiphys.platform.log.DeadLetters;
import dev.tiphys.platform.log.LogUnavailable;
import io.smallrye.reactive.messaging.annotations.Blocking;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Hands events from the log to the decision about them, with definitions that are at least as new as the gateway's. */
@Singleton
final class ExternalEvents {
    private static final Duration PATIENCE_WITH_DEFINITIONS = Duration.ofSeconds(5);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final int TRIES_OF_THE_POISONOUS = 3;
    private static final Logger log = Logger.getLogger(ExternalEvents.class);

    private final Arrivals arrivals;
    private final Libraries libraries;
    private final DeadLetters deadLetters;
    private final Undecided undecided;

    ExternalEvents(Arrivals arrivals, Libraries libraries, DeadLetters deadLetters, Undecided undecided) {
        this.arrivals = arrivals;
        this.libraries = libraries;
        this.deadLetters = deadLetters;
        this.undecided = undecided;
    }

    private record Arrived(ConsumerRecord<String, byte[]> record, CloudEvent<ExternalEvent> event) {}

    @Incoming("engine-events")
    @Blocking // in order: a later batch must not commit past one that still waits
    void onEvents(ConsumerRecords<String, byte[]> records) throws InterruptedException {
        List<Arrived> arrived = new ArrayList<>();
        for (ConsumerRecord<String, byte[]> record : records) {
            switch (CloudEventCodec.read(record.headers(), record.value())) {
                case Decoded.Known(var event)
                when event.data() instanceof ExternalEvent data ->
                    arrived.add(new Arrived(
                            record,
                            new CloudEvent<>(
                                    event.id(),
                                    event.source(),
                                    event.subject(),
                                    event.time(),
                                    event.causality(),
                                    data)));
                case Decoded.Known _, Decoded.Unknown _, Decoded.Deleted _ -> {}
                case Decoded.Unreadable(var reason) -> bury(record, reason, 1);
            }
        }
        if (!decide(arrived)) {
            for (Arrived each : arrived) {
                decideAlone(each);
            }
        }
        undecided.wake();
    }

    /** {@return whether all were decided; if not, one of them breaks the decision} */
    private boolean decide(List<Arrived> arrived) throws InterruptedException {
        if (arrived.isEmpty()) {
            return true;
        }
        Duration pause = FIRST_PAUSE;
        while (true) {
            try {
                arrivals.arrived(arrived.stream().map(Arrived::event).toList(), library(arrived));
                return true;
            } catch (RunsUnavailable | Libraries.Behind e) {
                log.warnf("%d events wait %d ms: %s", arrived.size(), pause.toMillis(), e.getMessage());
                pause = pausedAfter(pause);
            } catch (RuntimeException | Error e) {
                log.errorf(e, "a decision about %d events broke", arrived.size());
                return false;
            }
        }
    }

    private void decideAlone(Arrived arrived) throws InterruptedException {
        for (int i = 1; i <= TRIES_OF_THE_POISONOUS; i++) {
            if (decide(List.of(arrived))) {
                return;
            }
        }
        bury(arrived.record(), "the decision about the event breaks; see the engine's log", TRIES_OF_THE_POISONOUS);
    }

    private Library library(List<Arrived> arrived) throws InterruptedException, Libraries.Behind {
        @Nullable
        Long newest = arrived.stream()
                .map(each -> each.event().causality().definitionsOffset())
                .filter(Objects::nonNull)
                .max(Long::compare)
                .orElse(null);
        return libraries.atLeast(newest, PATIENCE_WITH_DEFINITIONS);
    }

    private void bury(ConsumerRecord<String, byte[]> record, String reason, int attempts) throws InterruptedException {
        Duration pause = FIRST_PAUSE;
        while (true) {
            try {
                deadLetters
                        .put(record, "engine", reason, attempts)
                        .toCompletableFuture()
                        .join();
                return;
            } catch (CompletionException | LogUnavailable e) {
                log.warnf("a dead letter waits %d ms: %s", pause.toMillis(), e.getMessage());
                pause = pausedAfter(pause);
            }
        }
    }

    private static Duration pausedAfter(Duration pause) throws InterruptedException {
        Thread.sleep(pause);
        Duration grown = pause.multipliedBy(2);
        return grown.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : grown;
    }
}
