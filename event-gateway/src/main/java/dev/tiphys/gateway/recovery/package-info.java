/** Deliveries that did not arrive, and are asked for again. Pure. */
@NullMarked
package dev.tiphys.gateway.recovery;

import org.jspecify.annotations.NullMarked;
