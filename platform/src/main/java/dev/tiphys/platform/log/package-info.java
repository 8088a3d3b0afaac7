/** Writing to the log, its topics, and the dead letters. */
@NullMarked
package dev.tiphys.platform.log;

import org.jspecify.annotations.NullMarked;
