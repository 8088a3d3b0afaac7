/** The one way onto the log for everything that comes from outside. Pure. */
@NullMarked
package dev.tiphys.gateway.intake;

import org.jspecify.annotations.NullMarked;
