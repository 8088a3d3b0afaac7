/** Calls to HTTP servers. */
@NullMarked
package dev.tiphys.platform.call;

import org.jspecify.annotations.NullMarked;
