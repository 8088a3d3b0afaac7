/** What is remembered of each delivery: who sent it, what became of it, and why. Pure. */
@NullMarked
package dev.tiphys.gateway.ledger;

import org.jspecify.annotations.NullMarked;
