/** Reads topics of other Kafka clusters. */
@NullMarked
package dev.tiphys.gateway.queue.kafka;

import org.jspecify.annotations.NullMarked;
