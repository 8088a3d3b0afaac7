/** Definitions on the log. */
@NullMarked
package dev.tiphys.gateway.definitions.log;

import org.jspecify.annotations.NullMarked;
