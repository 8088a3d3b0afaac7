package dev.tiphys.syncer.sync.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tiphys.contracts.Topic;
import dev.tiphys.platform.log.DeadLetters;
import dev.tiphys.platform.log.LogUnavailable;
import dev.tiphys.platform.log.LogWriter;
import dev.tiphys.platform.log.RecordRefused;
import dev.tiphys.syncer.sync.Bell;
import dev.tiphys.syncer.sync.Outbox;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.StartupEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The relay, with a log that refuses what it is told to. */
class FactRelayTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private record Letter(ConsumerRecord<String, byte[]> record, String service, String reason, int attempts) {}

    private final List<Outbox.Outgoing> rows = new CopyOnWriteArrayList<>();
    private final List<String> taken = new CopyOnWriteArrayList<>();
    private final List<Letter> letters = new CopyOnWriteArrayList<>();
    private final AtomicInteger awayTimes = new AtomicInteger();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private volatile boolean refusesLetters;
    private final FactRelay relay = new FactRelay(new Rows(), new Bell(), new PickyLog(), new Letters(), meters);

    @AfterEach
    void stop() throws InterruptedException {
        relay.stop();
    }

    @Test
    void whatTheBrokerNeverTakesGoesAsideOnceAndStopsNothing() {
        put(1, "one");
        put(2, "refused");
        put(3, "three");

        relay.start(new StartupEvent());
        awaitEmpty();

        assertThat(taken).contains("one", "three").doesNotContain("refused");
        assertThat(letters).singleElement().satisfies(letter -> {
            assertThat(letter.record().topic()).isEqualTo("tiphys.syncs");
            assertThat(letter.record().partition()).isEqualTo(-1);
            assertThat(letter.record().offset()).isEqualTo(2);
            assertThat(letter.record().key()).isEqualTo("shop");
            assertThat(new String(letter.record().value(), UTF_8)).isEqualTo("refused");
            assertThat(new String(letter.record().headers().lastHeader("ce_id").value(), UTF_8))
                    .isEqualTo("e-2");
            assertThat(letter.service()).isEqualTo("gitops-syncer");
            assertThat(letter.reason()).isEqualTo("never taken from the outbox: too large");
            assertThat(letter.attempts()).isEqualTo(1);
        });
        assertThat(meters.counter("tiphys.syncer.outbox.refused").count()).isEqualTo(1);
    }

    @Test
    void whatIsRefusedStaysUntilItsDeadLetterIsWritten() {
        awayTimes.set(1);
        put(1, "refused");

        relay.start(new StartupEvent());
        awaitEmpty();

        assertThat(letters).hasSize(2);
        assertThat(meters.counter("tiphys.syncer.outbox.refused").count()).isEqualTo(1);
    }

    @Test
    void whatEvenTheDeadLettersRefuseStopsNothing() {
        refusesLetters = true;
        put(1, "refused");
        put(2, "two");

        relay.start(new StartupEvent());
        awaitEmpty();

        assertThat(taken).containsExactly("two");
        assertThat(letters).isEmpty();
    }

    private void put(long position, String value) {
        rows.add(new Outbox.Outgoing(position, Topic.SYNCS, "shop", Map.of("ce_id", "e-" + position), value));
    }

    private void awaitEmpty() {
        await().atMost(SOON).until(rows::isEmpty);
    }

    private final class Rows implements Outbox {
        @Override
        public int relay(int limit, Consumer<List<Outgoing>> send) {
            List<Outgoing> oldest = List.copyOf(rows);
            if (!oldest.isEmpty()) {
                send.accept(oldest);
                rows.removeAll(oldest);
            }
            return oldest.size();
        }
    }

    /** Takes a batch up to the first record that it refuses, as the broker does. */
    private final class PickyLog implements LogWriter {
        @Override
        public CompletionStage<Void> append(List<ProducerRecord<String, byte[]>> records) {
            for (ProducerRecord<String, byte[]> record : records) {
                String value = new String(record.value(), UTF_8);
                if (value.equals("refused")) {
                    return refusal();
                }
                taken.add(value);
            }
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> appendAtomically(List<ProducerRecord<String, byte[]>> records) {
            throw new UnsupportedOperationException("the syncer does not");
        }
    }

    private final class Letters implements DeadLetters {
        @Override
        public CompletionStage<Void> put(
                ConsumerRecord<String, byte[]> record, String service, String reason, int attempts) {
            if (refusesLetters) {
                return refusal();
            }
            letters.add(new Letter(record, service, reason, attempts));
            return awayTimes.getAndDecrement() > 0
                    ? CompletableFuture.failedFuture(new LogUnavailable("away", new IllegalStateException("on demand")))
                    : CompletableFuture.completedFuture(null);
        }
    }

    private static CompletionStage<Void> refusal() {
        return CompletableFuture.failedFuture(
                new RecordRefused("too large", new IllegalArgumentException("on demand")));
    }
}
