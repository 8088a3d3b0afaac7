/** The facts of runs and their steps. */
@NullMarked
package dev.tiphys.contracts.run;

import org.jspecify.annotations.NullMarked;
