package dev.tiphys.engine.run.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tiphys.engine.run.store.TestStore;
import dev.tiphys.platform.log.DeadLetters;
import dev.tiphys.platform.log.LogUnavailable;
import dev.tiphys.platform.log.LogWriter;
import dev.tiphys.platform.log.RecordRefused;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The relay on a real database, with a log that refuses what it is told to. */
@Tag("real")
class OutboxRelayTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Takes a batch up to the first record that it refuses, as the broker does. */
    private static final class PickyLog implements LogWriter {
        private final List<String> taken = new CopyOnWriteArrayList<>();
        private volatile boolean away;
        private volatile boolean breaks;

        @Override
        public CompletionStage<Void> append(List<ProducerRecord<String, byte[]>> records) {
            if (breaks) {
                breaks = false;
                throw new StackOverflowError("on demand");
            }
            for (ProducerRecord<String, byte[]> record : records) {
                String value = new String(record.value(), UTF_8);
                if (away) {
                    return CompletableFuture.failedFuture(
                            new LogUnavailable("away", new IllegalStateException("on demand")));
                }
                if (value.startsWith("refused")) {
                    return CompletableFuture.failedFuture(
                            new RecordRefused("too large", new IllegalArgumentException("on demand")));
                }
                taken.add(value);
            }
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> appendAtomically(List<ProducerRecord<String, byte[]>> records) {
            throw new UnsupportedOperationException("the engine does not");
        }
    }

    private record Letter(ConsumerRecord<String, byte[]> record, String service, String reason, int attempts) {}

    private final PickyLog log = new PickyLog();
    private final List<Letter> letters = new CopyOnWriteArrayList<>();
    private final DeadLetters deadLetters = (record, service, reason, attempts) -> {
        letters.add(new Letter(record, service, reason, attempts));
        return CompletableFuture.completedFuture(null);
    };
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private TestStore store;
    private OutboxRelay relay;

    @BeforeEach
    void open() throws Exception {
        store = TestStore.fresh();
        relay = new OutboxRelay(store.source(), log, deadLetters, meters);
    }

    @AfterEach
    void close() throws InterruptedException {
        relay.stop(null);
        store.source().close();
    }

    private void put(String value, String headers) throws Exception {
        store.execute("insert into engine.outbox (topic, key, headers, value) values ('tiphys.runs', 'r-1', '" + headers
                + "', '" + value + "')");
    }

    private void awaitEmpty() {
        await().atMost(PATIENCE).until(() -> store.count("select count(*) from engine.outbox") == 0);
    }

    @Test
    void whatTheBrokerNeverTakesGoesAsideOnceAndStopsNothing() throws Exception {
        put("one", "{}");
        put("refused", "{\"ce_id\": \"e-2\"}");
        put("three", "{}");
        long row = store.count("select id from engine.outbox where value = 'refused'");

        relay.start(null);
        awaitEmpty();

        assertThat(log.taken).contains("one", "three").doesNotContain("refused");
        assertThat(letters).singleElement().satisfies(letter -> {
            assertThat(letter.record().topic()).isEqualTo("tiphys.runs");
            assertThat(letter.record().partition()).isEqualTo(-1);
            assertThat(letter.record().offset()).isEqualTo(row);
            assertThat(letter.record().key()).isEqualTo("r-1");
            assertThat(new String(letter.record().value(), UTF_8)).isEqualTo("refused");
            assertThat(new String(letter.record().headers().lastHeader("ce_id").value(), UTF_8))
                    .isEqualTo("e-2");
            assertThat(letter.service()).isEqualTo("engine");
            assertThat(letter.reason()).isEqualTo("never taken from the outbox: too large");
            assertThat(letter.attempts()).isEqualTo(1);
        });
        assertThat(meters.counter("tiphys.engine.outbox.refused").count()).isEqualTo(1);
    }

    @Test
    void aRowThatCannotBeReadGoesAsideAsWell() throws Exception {
        put("unreadable", "no JSON");
        put("two", "{}");

        relay.start(null);
        awaitEmpty();

        assertThat(log.taken).containsExactly("two");
        assertThat(letters)
                .singleElement()
                .satisfies(letter -> assertThat(letter.reason()).contains("stored headers cannot be read"));
    }

    @Test
    void whileTheBrokerIsAwayEverythingWaitsInOrder() throws Exception {
        log.away = true;
        put("one", "{}");
        put("refused", "{}");
        put("three", "{}");
        relay.start(null);
        put("four", "{}");

        log.away = false;
        awaitEmpty();

        assertThat(log.taken.stream().distinct()).containsExactly("one", "three", "four");
        assertThat(letters).hasSize(1);
    }

    @Test
    void anErrorDoesNotEndTheRelay() throws Exception {
        log.breaks = true;
        put("one", "{}");

        relay.start(null);
        awaitEmpty();

        assertThat(log.taken).containsExactly("one");
    }
}
