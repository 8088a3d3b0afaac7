/** What was lost and asked for again, in PostgreSQL. */
@NullMarked
package dev.tiphys.gateway.recovery.store;

import org.jspecify.annotations.NullMarked;
