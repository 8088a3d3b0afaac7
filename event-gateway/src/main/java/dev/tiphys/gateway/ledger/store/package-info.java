/** The ledger in PostgreSQL. */
@NullMarked
package dev.tiphys.gateway.ledger.store;

import org.jspecify.annotations.NullMarked;
