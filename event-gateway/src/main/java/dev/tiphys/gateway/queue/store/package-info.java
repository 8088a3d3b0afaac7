/** Parked messages in PostgreSQL. */
@NullMarked
package dev.tiphys.gateway.queue.store;

import org.jspecify.annotations.NullMarked;
