/** Puts the service together. */
@NullMarked
package dev.tiphys.gateway.app;

import org.jspecify.annotations.NullMarked;
