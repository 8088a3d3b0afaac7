/** What happened when, for whoever collects traces. Pure. */
@NullMarked
package dev.tiphys.gateway.trace;

import org.jspecify.annotations.NullMarked;
