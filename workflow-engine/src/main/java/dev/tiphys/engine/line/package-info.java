/** Who goes on among the runs that share a concurrency key. */
@NullMarked
package dev.tiphys.engine.line;

import org.jspecify.annotations.NullMarked;
