/** The kinds that people write, typed, and the reader that names file, line and column in every error. */
@NullMarked
package dev.tiphys.contracts.definition;

import org.jspecify.annotations.NullMarked;
