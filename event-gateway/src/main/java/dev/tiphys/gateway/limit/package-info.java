/** How much is let in, and that nobody takes the room of others. Pure. */
@NullMarked
package dev.tiphys.gateway.limit;

import org.jspecify.annotations.NullMarked;
