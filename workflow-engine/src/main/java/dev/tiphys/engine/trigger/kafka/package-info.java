/** Events from the log. */
@NullMarked
package dev.tiphys.engine.trigger.kafka;

import org.jspecify.annotations.NullMarked;
