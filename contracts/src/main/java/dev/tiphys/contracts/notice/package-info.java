/** Explicit messages, and what became of each message. */
@NullMarked
package dev.tiphys.contracts.notice;

import org.jspecify.annotations.NullMarked;
