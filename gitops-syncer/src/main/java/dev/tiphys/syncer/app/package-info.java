/** Wires the syncer. */
@NullMarked
package dev.tiphys.syncer.app;

import org.jspecify.annotations.NullMarked;
