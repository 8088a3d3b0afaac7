/** Writes events to the log. */
@NullMarked
package dev.tiphys.gateway.intake.log;

import org.jspecify.annotations.NullMarked;
