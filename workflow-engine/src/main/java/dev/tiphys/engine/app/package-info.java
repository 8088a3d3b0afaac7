/** Wires the service. */
@NullMarked
package dev.tiphys.engine.app;

import org.jspecify.annotations.NullMarked;
