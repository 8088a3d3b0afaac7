package dev.tiphys.notifier.delivery.kafka;

import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.cloudevent.CloudEventCodec;
import dev.tiphys.contracts.cloudevent.Decoded;
import dev.tiphys.contracts.notice.NoticeRequested;
import dev.tiphys.contracts.payload.Payload;
import dev.tiphys.contracts.run.RunFact;
import dev.tiphys.notifier.delivery.Intake;
import dev.tiphys.platform.definitions.Definitions;
import dev.tiphys.platform.definitions.DefinitionsBehind;
import dev.tiphys.platform.log.DeadLetters;
import io.smallrye.reactive.messaging.annotations.Blocking;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reads the facts of runs and the requests of notify steps, in order for each run. A record that cannot be handled is put
 * aside; a database or a broker that is away is waited for, and the record with it.
 */
@Singleton
final class Inbox {
    private static final Logger log = Logger.getLogger(Inbox.class);
    private static final String SERVICE = "notifier";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private record Told<T extends Payload>(ConsumerRecord<String, byte[]> record, CloudEvent<T> event) {}

    private final Intake intake;
    private final Definitions definitions;
    private final DeadLetters deadLetters;

    Inbox(Intake intake, Definitions definitions, DeadLetters deadLetters) {
        this.intake = intake;
        this.definitions = definitions;
        this.deadLetters = deadLetters;
    }

    @Incoming("notifier-runs")
    @Blocking
    void facts(ConsumerRecords<String, byte[]> records) throws InterruptedException {
        Map<String, List<Told<RunFact>>> byRun = new LinkedHashMap<>();
        for (ConsumerRecord<String, byte[]> record : records) {
            Told<RunFact> fact = read(record, RunFact.class);
            if (fact != null) {
                byRun.computeIfAbsent(fact.event().data().run(), _ -> new ArrayList<>())
                        .add(fact);
            }
        }
        catchUp(byRun.values().stream().flatMap(List::stream).toList());
        for (List<Told<RunFact>> facts : byRun.values()) {
            take(facts);
        }
    }

    @Incoming("notifier-notices")
    @Blocking
    void notices(ConsumerRecords<String, byte[]> records) throws InterruptedException {
        for (ConsumerRecord<String, byte[]> record : records) {
            Told<NoticeRequested> notice = read(record, NoticeRequested.class);
            if (notice != null) {
                catchUp(List.of(notice));
                handle(record, () -> intake.notice(notice.event()));
            }
        }
    }

    /** Takes a run's facts together; if they cannot be handled so, one by one, to find the one that is wrong. */
    private void take(List<Told<RunFact>> facts) throws InterruptedException {
        try {
            patiently(() -> intake.facts(facts.stream().map(Told::event).toList()));
        } catch (RuntimeException | Error e) {
            log.warnf(e, "the facts of a run cannot be handled together; trying them one by one");
            for (Told<RunFact> fact : facts) {
                handle(fact.record(), () -> intake.facts(List.of(fact.event())));
            }
        }
    }

    private void handle(ConsumerRecord<String, byte[]> record, Runnable work) throws InterruptedException {
        try {
            patiently(work);
        } catch (RuntimeException | Error e) {
            log.errorf(e, "record %s-%d@%d cannot be handled", record.topic(), record.partition(), record.offset());
            putAside(record, "it cannot be handled: " + e.getClass().getSimpleName());
        }
    }

    private <T extends Payload> @Nullable Told<T> read(ConsumerRecord<String, byte[]> record, Class<T> type)
            throws InterruptedException {
        return switch (CloudEventCodec.read(record.headers(), record.value())) {
            case Decoded.Known(CloudEvent<?> event)
            when type.isInstance(event.data()) ->
                new Told<>(
                        record,
                        new CloudEvent<>(
                                event.id(),
                                event.source(),
                                event.subject(),
                                event.time(),
                                event.causality(),
                                type.cast(event.data())));
            case Decoded.Known _, Decoded.Unknown _, Decoded.Deleted _ -> null;
            case Decoded.Unreadable(String reason) -> {
                putAside(record, reason);
                yield null;
            }
        };
    }

    /** Whoever named a workspace in a pipeline may have defined it a moment ago. */
    private void catchUp(List<? extends Told<?>> told) throws InterruptedException {
        Long newest = told.stream()
                .map(one -> one.event().causality().definitionsOffset())
                .filter(Objects::nonNull)
                .max(Long::compare)
                .orElse(null);
        try {
            definitions.atLeast(newest, PATIENCE);
        } catch (DefinitionsBehind e) {
            log.warnf("going on with older definitions: %s", e.getMessage());
        }
    }

    private void putAside(ConsumerRecord<String, byte[]> record, String reason) throws InterruptedException {
        try {
            patiently(() -> deadLetters
                    .put(record, SERVICE, reason, 1)
                    .toCompletableFuture()
                    .join());
        } catch (CompletionException e) {
            // It stays where it is for as long as its topic keeps it; what comes behind it is not to blame.
            log.errorf(e, "record %s-%d@%d is passed over", record.topic(), record.partition(), record.offset());
        }
    }

    private static void patiently(Runnable work) throws InterruptedException {
        Duration pause = Duration.ofMillis(200);
        while (true) {
            try {
                work.run();
                return;
            } catch (RuntimeException e) {
                if (!Away.isBehind(e)) {
                    throw e;
                }
                log.warnf("waiting %d ms: %s", pause.toMillis(), e.getMessage());
                Thread.sleep(pause);
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
            }
        }
    }
}
