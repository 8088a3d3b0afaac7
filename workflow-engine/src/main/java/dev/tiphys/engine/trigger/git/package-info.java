/** Changed paths from the repository itself. */
@NullMarked
package dev.tiphys.engine.trigger.git;

import org.jspecify.annotations.NullMarked;
