package dev.tiphys.gateway.queue.sqs;

import dev.tiphys.gateway.queue.QueueMessage;
import java.time.Duration;
import java.time.Instant;

/** A message that is with us, and what SQS knows it by. */
record Held(QueueMessage message, String receipt) {

    /** {@return how long it may stay with us from now on; zero if no longer} */
    Duration extension(Duration wanted, Instant now) {
        Duration left = SqsPolicy.LONGEST_HOLD.minus(Duration.between(message.receivedAt(), now));
        Duration most = left.compareTo(wanted) < 0 ? left : wanted;
        return most.isNegative() ? Duration.ZERO : most;
    }
}
