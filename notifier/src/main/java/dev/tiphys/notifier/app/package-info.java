/** Puts the parts together and runs them. */
@NullMarked
package dev.tiphys.notifier.app;

import org.jspecify.annotations.NullMarked;
