/** Commands and pushes in, facts out. */
@NullMarked
package dev.tiphys.syncer.sync.kafka;

import org.jspecify.annotations.NullMarked;
