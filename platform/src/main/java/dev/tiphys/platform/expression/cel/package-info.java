/** The expressions by CEL. */
@NullMarked
package dev.tiphys.platform.expression.cel;

import org.jspecify.annotations.NullMarked;
