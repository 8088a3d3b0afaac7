/** Messages of queues become events; those that cannot are parked. Pure. */
@NullMarked
package dev.tiphys.gateway.queue;

import org.jspecify.annotations.NullMarked;
