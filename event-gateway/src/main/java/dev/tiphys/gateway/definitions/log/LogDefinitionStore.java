package dev.tiphys.gateway.definitions.log;

import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.Topic;
import dev.tiphys.contracts.audit.ActionTaken;
import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.cloudevent.CloudEventCodec;
import dev.tiphys.contracts.definition.DefinitionKey;
import dev.tiphys.contracts.definition.StoredDefinition;
import dev.tiphys.contracts.payload.Payload;
import dev.tiphys.gateway.definitions.DefinitionChange;
import dev.tiphys.gateway.definitions.DefinitionStore;
import dev.tiphys.platform.definitions.Definitions;
import dev.tiphys.platform.definitions.DefinitionsSnapshot;
import dev.tiphys.platform.log.LogWriter;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.ProducerRecord;

/** The compacted topic: a change is one transaction, and is there when the own view of the topic shows it. */
@Singleton
final class LogDefinitionStore implements DefinitionStore {
    private static final String SOURCE = "/tiphys/gateway";
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final LogWriter log;
    private final Definitions definitions;
    private final Clock clock;
    private final CopyOnWriteArraySet<Awaited> awaited = new CopyOnWriteArraySet<>();

    private record Awaited(Predicate<DefinitionsSnapshot> shown, CompletableFuture<Void> seen) {
        void look(DefinitionsSnapshot snapshot) {
            if (shown.test(snapshot)) {
                seen.complete(null);
            }
        }
    }

    LogDefinitionStore(LogWriter log, Definitions definitions, Clock clock) {
        this.log = log;
        this.definitions = definitions;
        this.clock = clock;
        definitions.onChange(snapshot -> awaited.forEach(waiting -> waiting.look(snapshot)));
    }

    @Override
    public List<StoredDefinition> current() {
        return definitions.current().stored();
    }

    @Override
    public void write(DefinitionChange change, String actor) throws InterruptedException {
        Awaited shown = new Awaited(snapshot -> shows(snapshot, change), new CompletableFuture<>());
        awaited.add(shown);
        try {
            log.appendAtomically(records(change, actor))
                    .toCompletableFuture()
                    .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            shown.look(definitions.current());
            shown.seen().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new StoreUnavailable("the broker did not take the definitions: nothing was changed", e);
        } catch (TimeoutException e) {
            throw new StoreUnavailable("the broker takes too long: the definitions may be changed or not", e);
        } finally {
            awaited.remove(shown);
        }
    }

    private static boolean shows(DefinitionsSnapshot snapshot, DefinitionChange change) {
        boolean deleted =
                change.deleted().stream().allMatch(key -> snapshot.stored(key).isEmpty());
        return deleted
                && change.written().stream()
                        .allMatch(written -> snapshot.stored(written.key())
                                .filter(stored -> asOnTheLog(written).equals(stored))
                                .isPresent());
    }

    /** Numbers may have another width on the log than where they were read. */
    private static StoredDefinition asOnTheLog(StoredDefinition stored) {
        return Json.mapper().convertValue(stored, StoredDefinition.class);
    }

    private List<ProducerRecord<String, byte[]>> records(DefinitionChange change, String actor) {
        Instant now = clock.instant();
        List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
        for (StoredDefinition stored : change.written()) {
            String key = stored.key().text();
            records.add(CloudEventCodec.write(Topic.DEFINITIONS, key, event(key, now, stored)));
            audit(records, "apply", stored.key(), actor, now);
        }
        for (DefinitionKey key : change.deleted()) {
            records.add(CloudEventCodec.delete(Topic.DEFINITIONS, key.text()));
            audit(records, "delete", key, actor, now);
        }
        return records;
    }

    private static void audit(
            List<ProducerRecord<String, byte[]>> records, String action, DefinitionKey key, String actor, Instant now) {
        ActionTaken taken = new ActionTaken(actor, action, "definition " + key.text(), null);
        records.add(CloudEventCodec.write(Topic.AUDIT, actor, event(key.text(), now, taken)));
    }

    private static <T extends Payload> CloudEvent<T> event(String subject, Instant now, T payload) {
        return new CloudEvent<>(UUID.randomUUID().toString(), SOURCE, subject, now, Causality.NONE, payload);
    }
}
