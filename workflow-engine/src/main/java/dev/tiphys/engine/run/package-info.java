/** A run: a tree of calls whose state follows from its facts. */
@NullMarked
package dev.tiphys.engine.run;

import org.jspecify.annotations.NullMarked;
