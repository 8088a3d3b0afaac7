package dev.tiphys.engine.trigger.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.Topic;
import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.cloudevent.CloudEventCodec;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.engine.run.Charters;
import dev.tiphys.engine.run.Decision;
import dev.tiphys.engine.run.Libraries;
import dev.tiphys.engine.run.Library;
import dev.tiphys.engine.run.Run;
import dev.tiphys.engine.run.RunEvent;
import dev.tiphys.engine.run.RunInput;
import dev.tiphys.engine.run.RunWorld;
import dev.tiphys.engine.run.Runs;
import dev.tiphys.engine.run.RunsUnavailable;
import dev.tiphys.engine.trigger.Arrivals;
import dev.tiphys.engine.trigger.ChangedPaths;
import dev.tiphys.engine.trigger.EventLog;
import dev.tiphys.engine.trigger.Ruling;
import dev.tiphys.engine.trigger.TriggerRules;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ExternalEventsTest {

    /** Decides about all but poison; is away as often as it is told to. */
    private static final class PickyEventLog implements EventLog {
        private final List<String> decided = new ArrayList<>();
        private int away;

        @Override
        public boolean isDecided(String event) {
            if (event.equals("overflow")) {
                throw new StackOverflowError("on demand");
            }
            if (event.equals("poison")) {
                throw new IllegalStateException("the database cannot hold the event");
            }
            if (away > 0) {
                away--;
                throw new RunsUnavailable("away", new IllegalStateException("on demand"));
            }
            return decided.contains(event);
        }

        @Override
        public void decided(CloudEvent<ExternalEvent> event, List<Ruling> rulings, Instant at) {
            decided.add(event.id());
        }

        @Override
        public void undecided(CloudEvent<ExternalEvent> event, List<Ruling> rulings, int attempts, Instant again) {
            throw new AssertionError("no pipeline asks for paths");
        }

        @Override
        public List<Pending> take(Instant due, Instant taken, int limit, Collection<String> busy) {
            return List.of();
        }
    }

    private static final class NoRuns implements Runs {
        @Override
        public CompletableFuture<Decision> handle(String run, RunInput input, @Nullable Action action) {
            throw new AssertionError("no pipeline is there to start");
        }

        @Override
        public CompletableFuture<Decision> fired(String run, String key, RunInput input) {
            return handle(run, input);
        }

        @Override
        public Optional<Run.Present> find(String run) {
            return Optional.empty();
        }

        @Override
        public Optional<String> startedBy(String pipeline, String triggerKey) {
            return Optional.empty();
        }

        @Override
        public List<RunEvent> facts(String run) {
            return List.of();
        }
    }

    private static final class NoLibraries implements Libraries {
        @Override
        public Library now() {
            return RunWorld.library(List.of());
        }

        @Override
        public Library atLeast(@Nullable Long version, Duration patience) {
            return now();
        }
    }

    private final PickyEventLog log = new PickyEventLog();
    private final List<String> letters = new ArrayList<>();
    private final ChangedPaths noPaths = (_, _, _, _) -> List.of();
    private final Arrivals arrivals = new Arrivals(
            log,
            new NoRuns(),
            new Charters(new RunWorld.SimpleExpressions()),
            new TriggerRules(new RunWorld.SimpleExpressions()),
            noPaths,
            Clock.systemUTC());
    private final ExternalEvents events = new ExternalEvents(
            arrivals,
            new NoLibraries(),
            (record, _, reason, attempts) -> {
                letters.add(record.offset() + " after " + attempts + ": " + reason);
                return CompletableFuture.completedFuture(null);
            },
            new Undecided(log, arrivals, new NoLibraries(), Clock.systemUTC()));

    private static ConsumerRecords<String, byte[]> named(String... ids) {
        TopicPartition partition = new TopicPartition(Topic.EVENTS.topicName(), 0);
        List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
        for (String id : ids) {
            ExternalEvent event = new ExternalEvent(
                    "shop", "message", id, null, Map.of(), Json.mapper().createObjectNode());
            ProducerRecord<String, byte[]> written = CloudEventCodec.write(
                    Topic.EVENTS, "shop", new CloudEvent<>(id, "/test", null, Instant.EPOCH, Causality.NONE, event));
            ConsumerRecord<String, byte[]> record =
                    new ConsumerRecord<>(partition.topic(), 0, records.size(), "shop", written.value());
            written.headers().forEach(header -> record.headers().add(header));
            records.add(record);
        }
        return new ConsumerRecords<>(Map.of(partition, records), Map.of());
    }

    @Test
    void waitForTheStore() throws Exception {
        log.away = 2;

        events.onEvents(named("one", "two"));

        assertThat(log.decided).containsExactly("one", "two");
        assertThat(letters).isEmpty();
    }

    @Test
    void thatTheDatabaseNeverCanHoldGoAsideAndStopNobody() throws Exception {
        events.onEvents(named("one", "poison", "three"));

        assertThat(log.decided).containsExactly("one", "three");
        assertThat(letters).singleElement().asString().startsWith("1 after 3: the decision about the event breaks");
    }

    @Test
    void thatMeetAnErrorGoAsideAndStopNobody() throws Exception {
        events.onEvents(named("overflow", "two"));

        assertThat(log.decided).containsExactly("two");
        assertThat(letters).singleElement().asString().startsWith("0 after 3");
    }
}
