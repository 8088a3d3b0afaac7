/** What deliveries held, from the log. */
@NullMarked
package dev.tiphys.gateway.ledger.log;

import org.jspecify.annotations.NullMarked;
