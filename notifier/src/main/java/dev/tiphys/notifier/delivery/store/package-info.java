/** The ledger in PostgreSQL. */
@NullMarked
package dev.tiphys.notifier.delivery.store;

import org.jspecify.annotations.NullMarked;
