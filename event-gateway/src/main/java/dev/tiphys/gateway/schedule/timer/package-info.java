/** Wakes the ticker when the next tick is due. */
@NullMarked
package dev.tiphys.gateway.schedule.timer;

import org.jspecify.annotations.NullMarked;
