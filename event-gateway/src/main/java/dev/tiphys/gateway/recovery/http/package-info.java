/** How it stands with lost deliveries, for people and programs. */
@NullMarked
package dev.tiphys.gateway.recovery.http;

import org.jspecify.annotations.NullMarked;
