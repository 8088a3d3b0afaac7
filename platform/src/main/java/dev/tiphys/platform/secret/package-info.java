/** Secrets, resolved where they are used. */
@NullMarked
package dev.tiphys.platform.secret;

import org.jspecify.annotations.NullMarked;
