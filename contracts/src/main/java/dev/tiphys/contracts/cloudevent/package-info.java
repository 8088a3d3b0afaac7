/** The envelope of every record on the log, and its form on Kafka. */
@NullMarked
package dev.tiphys.contracts.cloudevent;

import org.jspecify.annotations.NullMarked;
