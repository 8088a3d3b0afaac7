/** Events and decisions in PostgreSQL. */
@NullMarked
package dev.tiphys.engine.trigger.store;

import org.jspecify.annotations.NullMarked;
