/** Runs in PostgreSQL: facts, state, timers, leased work and outbox in one transaction. */
@NullMarked
package dev.tiphys.engine.run.store;

import org.jspecify.annotations.NullMarked;
