/** What is remembered, in PostgreSQL. */
@NullMarked
package dev.tiphys.syncer.sync.store;

import org.jspecify.annotations.NullMarked;
