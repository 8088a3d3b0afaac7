/** The topics of the log and the one way in which values become JSON. */
@NullMarked
package dev.tiphys.contracts;

import org.jspecify.annotations.NullMarked;
