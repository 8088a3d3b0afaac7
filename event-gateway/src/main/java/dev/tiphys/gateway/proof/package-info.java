/** How senders prove who they are: one verifier for each scheme. Pure. */
@NullMarked
package dev.tiphys.gateway.proof;

import org.jspecify.annotations.NullMarked;
