/** CEL in the texts of definitions, failing closed. */
@NullMarked
package dev.tiphys.platform.expression;

import org.jspecify.annotations.NullMarked;
