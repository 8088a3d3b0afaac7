package dev.tiphys.platform.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.contracts.audit.DeadLettered;
import dev.tiphys.contracts.cloudevent.CloudEventCodec;
import dev.tiphys.contracts.cloudevent.Decoded;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class KafkaDeadLettersTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    /** Takes what is not too large and keeps it. */
    private static final class InMemoryLog implements LogWriter {
        private final List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
        private int largest = Integer.MAX_VALUE;

        @Override
        public CompletionStage<Void> append(List<ProducerRecord<String, byte[]>> more) {
            if (more.stream().anyMatch(record -> record.value().length > largest)) {
                return CompletableFuture.failedFuture(
                        new RecordRefused("too large", new IllegalArgumentException("on demand")));
            }
            records.addAll(more);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> appendAtomically(List<ProducerRecord<String, byte[]>> more) {
            return append(more);
        }
    }

    private final InMemoryLog written = new InMemoryLog();
    private final DeadLetters letters = new KafkaDeadLetters(written, Clock.fixed(NOW, ZoneOffset.UTC));

    @Test
    void keepARecordWholeAndSayWhoFailedAndWhy() {
        ConsumerRecord<String, byte[]> record =
                new ConsumerRecord<>("tiphys.events", 3, 17, "shop", new byte[] {(byte) 0xff, 0, 1});
        record.headers().add("ce_id", "e-1".getBytes(UTF_8)).add("empty", null);

        letters.put(record, "engine", "no JSON", 2).toCompletableFuture().join();

        ProducerRecord<String, byte[]> letter = written.records.getFirst();
        assertThat(letter.topic()).isEqualTo("tiphys.dead-letters");
        assertThat(letter.key()).isEqualTo("shop");
        assertThat(read(letter))
                .isEqualTo(new DeadLettered(
                        "tiphys.events",
                        3,
                        17,
                        "shop",
                        "engine",
                        "no JSON",
                        2,
                        Map.of("ce_id", "e-1", "empty", ""),
                        Base64.getEncoder().encodeToString(new byte[] {(byte) 0xff, 0, 1})));
    }

    @Test
    void ofTheSameRecordHaveTheSameIdHoweverOftenTheyAreWritten() {
        ConsumerRecord<String, byte[]> record = new ConsumerRecord<>("tiphys.events", 3, 17, null, null);

        letters.put(record, "engine", "no value", 1);
        letters.put(record, "engine", "no value", 2);

        assertThat(written.records)
                .extracting(letter ->
                        new String(letter.headers().lastHeader("ce_id").value(), UTF_8))
                .containsExactly("engine/tiphys.events/3/17", "engine/tiphys.events/3/17");
        assertThat(written.records.getFirst().key()).isEqualTo("tiphys.events");
        assertThat(read(written.records.getFirst()).valueBase64()).isNull();
    }

    @Test
    void leaveOutAValueThatNoRecordHolds() {
        byte[] large = new byte[KafkaLogWriter.LARGEST_RECORD];

        letters.put(new ConsumerRecord<>("tiphys.events", 3, 17, "shop", large), "engine", "no JSON", 1);

        DeadLettered letter = read(written.records.getFirst());
        assertThat(letter.valueBase64()).isNull();
        assertThat(letter.reason()).isEqualTo("no JSON (the value is left out: it has 33554432 bytes)");
    }

    @Test
    void leaveOutAValueThatTheBrokerRefuses() {
        written.largest = 1_000;

        letters.put(new ConsumerRecord<>("tiphys.events", 3, 17, "shop", new byte[900]), "engine", "no JSON", 1)
                .toCompletableFuture()
                .join();

        DeadLettered letter = read(written.records.getFirst());
        assertThat(letter.valueBase64()).isNull();
        assertThat(letter.reason()).isEqualTo("no JSON (the value is left out: it has 900 bytes)");
    }

    private static DeadLettered read(ProducerRecord<String, byte[]> record) {
        Decoded.Known known = (Decoded.Known) CloudEventCodec.read(record.headers(), record.value());
        return (DeadLettered) known.event().data();
    }
}
