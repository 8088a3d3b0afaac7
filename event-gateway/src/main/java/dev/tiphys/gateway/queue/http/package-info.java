/** Queues and parked messages for people. */
@NullMarked
package dev.tiphys.gateway.queue.http;

import org.jspecify.annotations.NullMarked;
