/** What happened outside, as the gateway accepted it. */
@NullMarked
package dev.tiphys.contracts.event;

import org.jspecify.annotations.NullMarked;
