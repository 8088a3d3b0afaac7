/** The Git servers' own lists of deliveries. */
@NullMarked
package dev.tiphys.gateway.recovery.provider;

import org.jspecify.annotations.NullMarked;
