/** What a sync will do, decided before it does anything: order, changes, ownership, deletions. */
@NullMarked
package dev.tiphys.syncer.plan;

import org.jspecify.annotations.NullMarked;
