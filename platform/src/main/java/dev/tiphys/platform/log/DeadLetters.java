package dev.tiphys.platform.log;

import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Where records go that could not be handled, whole and replayable, so that they stop nobody else. */
public interface DeadLetters {

    /**
     * Puts a record aside.
     *
     * @param service who could not handle it
     * @param reason why, for a person, without secrets
     * @param attempts how often it was tried, at least 1
     * @return a stage that completes when the broker has it; only then is the original passed over
     */
    CompletionStage<Void> put(ConsumerRecord<String, byte[]> record, String service, String reason, int attempts);
}
