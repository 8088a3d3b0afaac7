/** The work of leaf steps: what a worker is given, may remember, and answers. */
@NullMarked
package dev.tiphys.engine.work;

import org.jspecify.annotations.NullMarked;
