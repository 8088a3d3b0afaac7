/** The topics that are read and written. */
@NullMarked
package dev.tiphys.notifier.delivery.kafka;

import org.jspecify.annotations.NullMarked;
