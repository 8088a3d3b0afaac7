package dev.tiphys.gateway.queue.sqs;

import dev.tiphys.gateway.queue.Pace;
import java.time.Duration;

/**
 * How queues are read.
 *
 * @param poll how long one poll waits for a message
 * @param visibility how long a message stays with its receiver until it is asked for more time
 * @param heartbeat how often that is
 * @param inFlight how many messages of one queue may be under way
 * @param again of a queue that cannot be read
 * @param retry of messages that failed
 * @param probe of a message that waits for the log
 * @param closing how long an end may take
 */
record SqsPolicy(
        Duration poll,
        Duration visibility,
        Duration heartbeat,
        int inFlight,
        Pace again,
        Pace retry,
        Pace probe,
        Duration closing) {
    /** Twelve hours from its receipt, and some seconds for the way there: SQS gives no message more time than that. */
    static final Duration LONGEST_HOLD = Duration.ofSeconds(43_195);

    static final int MOST_DELETES = 5;
}
