/** How objects and applications do, and why. */
@NullMarked
package dev.tiphys.syncer.health;

import org.jspecify.annotations.NullMarked;
