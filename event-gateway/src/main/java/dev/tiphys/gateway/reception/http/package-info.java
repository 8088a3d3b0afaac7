/** The endpoints of senders. */
@NullMarked
package dev.tiphys.gateway.reception.http;

import org.jspecify.annotations.NullMarked;
