package dev.tiphys.gateway.queue.sqs;

import dev.tiphys.gateway.queue.QueueMessage;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** A message that is with us, and what SQS knows it by. */
record Held(QueueMessage message, String receipt) {

    /** {@return how long it may stay with us from now on, in whole seconds; zero if no longer} */
    Duration extension(Duration wanted, Instant now) {
        Duration left = SqsPolicy.LONGEST_HOLD.minus(Duration.between(message.receivedAt(), now));
        Duration most = left.compareTo(wanted) < 0 ? left : wanted;
        // Less than a second would ask for none, and give it to others at once.
        return most.isNegative() ? Duration.ZERO : most.truncatedTo(ChronoUnit.SECONDS);
    }
}
