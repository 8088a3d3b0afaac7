/** The endpoints of senders. */
@NullMarked
package dev.tiphys.gateway.delivery.http;

import org.jspecify.annotations.NullMarked;
