/** What senders deliver: verified, then parsed, then normalised. Pure. */
@NullMarked
package dev.tiphys.gateway.delivery;

import org.jspecify.annotations.NullMarked;
