/** Definitions from directories. */
@NullMarked
package dev.tiphys.gateway.definitions.directory;

import org.jspecify.annotations.NullMarked;
