/** What the log says to runs, and what runs say to the log. */
@NullMarked
package dev.tiphys.engine.run.kafka;

import org.jspecify.annotations.NullMarked;
