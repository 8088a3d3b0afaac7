package dev.tiphys.engine.run.kafka;

import dev.tiphys.contracts.cloudevent.CloudEventCodec;
import dev.tiphys.contracts.cloudevent.Decoded;
import dev.tiphys.contracts.sync.DeployedBy;
import dev.tiphys.contracts.sync.SyncFact;
import dev.tiphys.engine.run.Decision;
import dev.tiphys.engine.run.RunInput;
import dev.tiphys.engine.run.Runs;
import dev.tiphys.engine.run.RunsUnavailable;
import dev.tiphys.platform.log.DeadLetters;
import dev.tiphys.platform.log.LogUnavailable;
import io.smallrye.reactive.messaging.annotations.Blocking;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Hands what the syncer says about deployments to their runs. */
@Singleton
final class SyncFacts {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final int TRIES_OF_THE_POISONOUS = 3;
    private static final Logger log = Logger.getLogger(SyncFacts.class);

    private final Runs runs;
    private final DeadLetters deadLetters;

    SyncFacts(Runs runs, DeadLetters deadLetters) {
        this.runs = runs;
        this.deadLetters = deadLetters;
    }

    @Incoming("engine-syncs")
    @Blocking // in order: a later batch must not commit past one that still waits
    void onFacts(ConsumerRecords<String, byte[]> records) throws InterruptedException {
        List<ConsumerRecord<String, byte[]>> open = new ArrayList<>();
        records.forEach(open::add);
        Map<ConsumerRecord<String, byte[]>, Integer> broken = new HashMap<>();
        Duration pause = FIRST_PAUSE;
        while (true) {
            open = handled(open, broken);
            if (open.isEmpty()) {
                return;
            }
            log.warnf("%d facts about syncs wait %d ms", open.size(), pause.toMillis());
            Thread.sleep(pause);
            Duration grown = pause.multipliedBy(2);
            pause = grown.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : grown;
        }
    }

    /** {@return those that are to be handled again, in order: one that only waits for the store or the broker stops nobody} */
    private List<ConsumerRecord<String, byte[]>> handled(
            List<ConsumerRecord<String, byte[]>> records, Map<ConsumerRecord<String, byte[]>, Integer> broken) {
        List<CompletableFuture<?>> handling =
                records.stream().<CompletableFuture<?>>map(this::handle).toList();
        List<ConsumerRecord<String, byte[]>> again = new ArrayList<>();
        for (int i = 0; i < handling.size(); i++) {
            ConsumerRecord<String, byte[]> record = records.get(i);
            try {
                handling.get(i).join();
            } catch (CompletionException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                again.add(record);
                if (cause instanceof RunsUnavailable || cause instanceof LogUnavailable) {
                    log.debugf(cause, "a fact about a sync waits");
                } else {
                    log.errorf(cause, "a fact about a sync broke: %s@%d", record.topic(), record.offset());
                    broken.merge(record, 1, Integer::sum);
                }
            }
        }
        again.removeIf(record -> broken.getOrDefault(record, 0) >= TRIES_OF_THE_POISONOUS && isBuried(record));
        return again;
    }

    private boolean isBuried(ConsumerRecord<String, byte[]> record) {
        try {
            deadLetters
                    .put(
                            record,
                            "engine",
                            "the decision about the fact breaks; see the engine's log",
                            TRIES_OF_THE_POISONOUS)
                    .toCompletableFuture()
                    .join();
            return true;
        } catch (CompletionException | LogUnavailable e) {
            log.warnf("a dead letter waits: %s", e.getMessage());
            return false;
        }
    }

    private CompletableFuture<?> handle(ConsumerRecord<String, byte[]> record) {
        try {
            return switch (CloudEventCodec.read(record.headers(), record.value())) {
                case Decoded.Known(var event) when event.data() instanceof SyncFact fact -> tell(fact);
                case Decoded.Known _, Decoded.Unknown _, Decoded.Deleted _ -> CompletableFuture.completedFuture(null);
                case Decoded.Unreadable(var reason) ->
                    deadLetters.put(record, "engine", reason, 1).toCompletableFuture();
            };
        } catch (RuntimeException | Error e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<?> tell(SyncFact fact) {
        DeployedBy by = by(fact);
        if (by == null) {
            return CompletableFuture.completedFuture(null);
        }
        return runs.handle(by.run(), new RunInput.SyncReported(fact)).thenAccept(decision -> {
            if (decision instanceof Decision.Refused refused) {
                log.debugf("passed over a fact about run %s: %s", by.run(), refused.detail());
            }
        });
    }

    private static @Nullable DeployedBy by(SyncFact fact) {
        return switch (fact) {
            case SyncFact.SyncStarted started -> started.by();
            case SyncFact.SyncWaiting waiting -> waiting.by();
            case SyncFact.SyncFinished finished -> finished.by();
            case SyncFact.HealthChanged _, SyncFact.DriftChanged _ -> null;
        };
    }
}
