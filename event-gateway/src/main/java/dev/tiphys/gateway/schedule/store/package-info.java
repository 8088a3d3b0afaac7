/** What is done of each schedule, in PostgreSQL. */
@NullMarked
package dev.tiphys.gateway.schedule.store;

import org.jspecify.annotations.NullMarked;
