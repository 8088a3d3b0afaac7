/** Timers and leased work, in process right after the commit. */
@NullMarked
package dev.tiphys.engine.run.dispatch;

import org.jspecify.annotations.NullMarked;
