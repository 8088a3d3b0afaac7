package dev.tiphys.engine.run.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.contracts.Topic;
import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.cloudevent.CloudEventCodec;
import dev.tiphys.contracts.sync.DeployedBy;
import dev.tiphys.contracts.sync.SyncFact;
import dev.tiphys.engine.run.Decision;
import dev.tiphys.engine.run.Run;
import dev.tiphys.engine.run.RunEvent;
import dev.tiphys.engine.run.RunInput;
import dev.tiphys.engine.run.Runs;
import dev.tiphys.engine.run.RunsUnavailable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
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
class SyncFactsTest {

    /** Hears of runs, and fails for those that it is told to, as often as it is told to. */
    private static final class ListeningRuns implements Runs {
        private final List<String> heard = new ArrayList<>();
        private final Map<String, List<Throwable>> failures = new HashMap<>();

        void fail(String run, int times, Throwable failure) {
            for (int i = 0; i < times; i++) {
                failures.computeIfAbsent(run, _ -> new ArrayList<>()).add(failure);
            }
        }

        @Override
        public CompletableFuture<Decision> handle(String run, RunInput input, @Nullable Action action) {
            List<Throwable> left = failures.getOrDefault(run, List.of());
            if (!left.isEmpty()) {
                Throwable failure = left.removeFirst();
                if (failure instanceof Error thrown) {
                    throw thrown;
                }
                return CompletableFuture.failedFuture(failure);
            }
            heard.add(run);
            return CompletableFuture.completedFuture(new Decision.Refused(Decision.Refusal.UNKNOWN, "a test"));
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

    private final ListeningRuns runs = new ListeningRuns();
    private final List<String> letters = new ArrayList<>();
    private final SyncFacts facts = new SyncFacts(runs, (record, _, reason, attempts) -> {
        letters.add(record.offset() + " after " + attempts + ": " + reason);
        return CompletableFuture.completedFuture(null);
    });

    private static ConsumerRecords<String, byte[]> about(String... names) {
        TopicPartition partition = new TopicPartition(Topic.SYNCS.topicName(), 0);
        List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
        for (String run : names) {
            SyncFact fact = new SyncFact.SyncFinished(
                    "shop",
                    "op",
                    "r",
                    new DeployedBy(run, "p", "s", 1, 1),
                    SyncFact.Outcome.SUCCEEDED,
                    "healthy",
                    List.of(),
                    SyncFact.Changes.NONE);
            ProducerRecord<String, byte[]> written = CloudEventCodec.write(
                    Topic.SYNCS,
                    "shop",
                    new CloudEvent<>("id-" + run, "/test", null, Instant.EPOCH, Causality.NONE, fact));
            ConsumerRecord<String, byte[]> record =
                    new ConsumerRecord<>(partition.topic(), 0, records.size(), "shop", written.value());
            written.headers().forEach(header -> record.headers().add(header));
            records.add(record);
        }
        return new ConsumerRecords<>(Map.of(partition, records), Map.of());
    }

    @Test
    void waitForTheStoreAndAreEachHandledOnce() throws Exception {
        runs.fail("two", 2, new RunsUnavailable("away", new IllegalStateException("on demand")));

        facts.onFacts(about("one", "two", "three"));

        assertThat(runs.heard).containsExactlyInAnyOrder("one", "two", "three");
        assertThat(letters).isEmpty();
    }

    @Test
    void thatBreakTheirDecisionGoAsideAndStopNobody() throws Exception {
        runs.fail("two", 100, new IllegalStateException("on demand"));

        facts.onFacts(about("one", "two", "three"));

        assertThat(runs.heard).containsExactly("one", "three");
        assertThat(letters).singleElement().asString().startsWith("1 after 3: the decision about the fact breaks");
    }

    @Test
    void thatMeetAnErrorGoAsideAsWell() throws Exception {
        runs.fail("one", 100, new StackOverflowError("on demand"));

        facts.onFacts(about("one", "two"));

        assertThat(runs.heard).containsExactly("two");
        assertThat(letters).hasSize(1);
    }
}
