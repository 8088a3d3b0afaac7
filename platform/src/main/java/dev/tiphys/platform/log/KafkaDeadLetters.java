package dev.tiphys.platform.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiphys.contracts.Topic;
import dev.tiphys.contracts.audit.DeadLettered;
import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jboss.logging.Logger;

/** Writes dead letters to their topic, and a line to the service's own log. */
@Singleton
final class KafkaDeadLetters implements DeadLetters {
    /** Base64 makes it a third larger, and headers come to it; the original stays where it is for as long as its topic keeps it. */
    private static final int LARGEST_VALUE = KafkaLogWriter.LARGEST_RECORD / 2;

    private static final Logger log = Logger.getLogger(KafkaDeadLetters.class);

    private final LogWriter writer;
    private final Clock clock;

    KafkaDeadLetters(LogWriter writer, Clock clock) {
        this.writer = writer;
        this.clock = clock;
    }

    @Override
    public CompletionStage<Void> put(
            ConsumerRecord<String, byte[]> record, String service, String reason, int attempts) {
        log.warnf(
                "%s cannot handle %s-%d@%d: %s", service, record.topic(), record.partition(), record.offset(), reason);
        Map<String, String> headers = new LinkedHashMap<>();
        for (Header header : record.headers()) {
            headers.put(header.key(), header.value() == null ? "" : new String(header.value(), UTF_8));
        }
        byte[] value = record.value();
        if (value == null || value.length > LARGEST_VALUE) {
            return write(record, letter(record, service, reason, attempts, headers, /* isWhole= */ value == null));
        }
        // A broker may take less than its topics were created for.
        return write(record, letter(record, service, reason, attempts, headers, /* isWhole= */ true))
                .exceptionallyCompose(failure -> isRefused(failure)
                        ? write(record, letter(record, service, reason, attempts, headers, /* isWhole= */ false))
                        : CompletableFuture.failedFuture(failure));
    }

    private static DeadLettered letter(
            ConsumerRecord<String, byte[]> record,
            String service,
            String reason,
            int attempts,
            Map<String, String> headers,
            boolean isWhole) {
        byte[] value = record.value();
        int bytes = value == null ? 0 : value.length;
        return new DeadLettered(
                record.topic(),
                record.partition(),
                record.offset(),
                record.key(),
                service,
                isWhole ? reason : reason + " (the value is left out: it has " + bytes + " bytes)",
                attempts,
                headers,
                value == null || !isWhole ? null : Base64.getEncoder().encodeToString(value));
    }

    private CompletionStage<Void> write(ConsumerRecord<String, byte[]> record, DeadLettered letter) {
        String id = letter.service() + "/" + record.topic() + "/" + record.partition() + "/" + record.offset();
        String key = record.key() == null ? record.topic() : record.key();
        return writer.append(
                Topic.DEAD_LETTERS,
                key,
                new CloudEvent<>(
                        id, "/tiphys/" + letter.service(), record.topic(), clock.instant(), Causality.NONE, letter));
    }

    private static boolean isRefused(Throwable failure) {
        return failure instanceof RecordRefused
                || (failure instanceof CompletionException && failure.getCause() instanceof RecordRefused);
    }
}
