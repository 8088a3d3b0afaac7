package dev.tiphys.gateway.delivery;

import java.net.URI;

/** Tells senders that they may send. May block; for virtual threads. */
@FunctionalInterface
public interface Invitations {

    /** {@return whether the sender knows now; otherwise it asks again} */
    boolean accept(String endpoint, URI address);
}
