/** A queue server in this process whose classes nobody else sees. */
@NullMarked
package dev.tiphys.queueserver;

import org.jspecify.annotations.NullMarked;
