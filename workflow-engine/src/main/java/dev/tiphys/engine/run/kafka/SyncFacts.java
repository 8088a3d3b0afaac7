package dev.tiphys.engine.run.kafka;

import dev.tiphys.contracts.cloudevent.CloudEventCodec;
import dev.tiphys.contracts.cloudevent.Decoded;
import dev.tiphys.contracts.sync.DeployedBy;
import dev.tiphys.contracts.sync.SyncFact;
import dev.tiphys.engine.run.Decision;
import dev.tiphys.engine.run.RunInput;
import dev.tiphys.engine.run.Runs;
import dev.tiphys.platform.log.DeadLetters;
import io.smallrye.reactive.messaging.annotations.Blocking;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
        Duration pause = FIRST_PAUSE;
        while (true) {
            try {
                List<CompletableFuture<?>> handled = new ArrayList<>();
                open.forEach(record -> handled.add(handle(record)));
                CompletableFuture.allOf(handled.toArray(CompletableFuture[]::new))
                        .join();
                return;
            } catch (CompletionException e) {
                log.warnf("%d facts about syncs wait %d ms: %s", open.size(), pause.toMillis(), e.getMessage());
                Thread.sleep(pause);
                Duration grown = pause.multipliedBy(2);
                pause = grown.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : grown;
            }
        }
    }

    private CompletableFuture<?> handle(ConsumerRecord<String, byte[]> record) {
        return switch (CloudEventCodec.read(record.headers(), record.value())) {
            case Decoded.Known(var event) when event.data() instanceof SyncFact fact -> tell(fact);
            case Decoded.Known _, Decoded.Unknown _, Decoded.Deleted _ -> CompletableFuture.completedFuture(null);
            case Decoded.Unreadable(var reason) ->
                deadLetters.put(record, "engine", reason, 1).toCompletableFuture();
        };
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
