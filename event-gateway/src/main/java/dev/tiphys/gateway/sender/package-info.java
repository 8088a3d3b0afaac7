/** The senders that are understood: how each proves itself, and what its deliveries say. Pure. */
@NullMarked
package dev.tiphys.gateway.sender;

import org.jspecify.annotations.NullMarked;
