/** The view of the current definitions that every service has. */
@NullMarked
package dev.tiphys.platform.definitions;

import org.jspecify.annotations.NullMarked;
