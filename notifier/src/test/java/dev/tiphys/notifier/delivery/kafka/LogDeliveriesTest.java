package dev.tiphys.notifier.delivery.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.notice.MessageOutcome;
import dev.tiphys.contracts.notice.MessageOutcome.MessageRefused;
import dev.tiphys.notifier.delivery.Deliveries;
import dev.tiphys.platform.log.LogUnavailable;
import dev.tiphys.platform.log.LogWriter;
import dev.tiphys.platform.log.RecordRefused;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** Outcomes on their way to a broker that takes no large ones, or is away. */
class LogDeliveriesTest implements LogWriter {
    private static final int LARGEST = 1_000;

    private final List<String> taken = new ArrayList<>();
    private boolean away;

    @Test
    void anOutcomeThatTheBrokerNeverTakesHoldsUpNoOther() throws Exception {
        new LogDeliveries(this).append(outcomes("one", "x".repeat(2 * LARGEST), "two"));

        assertThat(taken).containsSubsequence("one", "two").doesNotContain("x".repeat(2 * LARGEST));
    }

    @Test
    void whileTheBrokerIsAwayNothingIsGivenUp() {
        away = true;

        assertThatThrownBy(() -> new LogDeliveries(this).append(outcomes("one")))
                .isInstanceOf(Deliveries.Unavailable.class);
    }

    private static List<CloudEvent<MessageOutcome>> outcomes(String... runs) {
        return Stream.of(runs)
                .map(run -> new CloudEvent<MessageOutcome>(
                        run,
                        "/tiphys/notifier",
                        run,
                        Instant.EPOCH,
                        Causality.NONE,
                        new MessageRefused(run, "message", "#deploys", "not_in_channel")))
                .toList();
    }

    @Override
    public CompletionStage<Void> append(List<ProducerRecord<String, byte[]>> records) {
        if (away) {
            return CompletableFuture.failedFuture(new LogUnavailable("away", new IllegalStateException()));
        }
        for (ProducerRecord<String, byte[]> record : records) {
            if (record.value().length > LARGEST) {
                return CompletableFuture.failedFuture(new RecordRefused("too large", new IllegalStateException()));
            }
            taken.add(record.key());
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> appendAtomically(List<ProducerRecord<String, byte[]>> records) {
        return append(records);
    }
}
