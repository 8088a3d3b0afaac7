/** Which pipelines an event starts, and why the others are not started. */
@NullMarked
package dev.tiphys.engine.trigger;

import org.jspecify.annotations.NullMarked;
