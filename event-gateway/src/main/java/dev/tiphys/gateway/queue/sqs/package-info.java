/** Reads queues of AWS SQS. */
@NullMarked
package dev.tiphys.gateway.queue.sqs;

import org.jspecify.annotations.NullMarked;
