package dev.tiphys.platform.log;

import dev.tiphys.contracts.Topic;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.cloudevent.CloudEventCodec;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Writes to the log: idempotent, in order for each key, acknowledged by every replica. A stage that fails carries {@link
 * LogUnavailable}: nothing is known to be written, the caller keeps what it has and tries again later; or {@link
 * RecordRefused}: it never will be. A call may block for two seconds while the broker is away. Thread-safe.
 */
public interface LogWriter {

    /** {@return a stage that completes when the broker has all records} They are written in the order given. */
    CompletionStage<Void> append(List<ProducerRecord<String, byte[]>> records);

    /** {@return a stage that completes when the broker has the event} */
    default CompletionStage<Void> append(Topic topic, String key, CloudEvent<?> event) {
        return append(List.of(CloudEventCodec.write(topic, key, event)));
    }

    /**
     * Writes all records or none, in one Kafka transaction. Slower than {@link #append}: for definitions, which people apply
     * together.
     *
     * @return a stage that completes when readers can see them
     */
    CompletionStage<Void> appendAtomically(List<ProducerRecord<String, byte[]>> records);
}
