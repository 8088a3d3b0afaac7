package dev.tiphys.gateway.delivery;

import java.util.Set;

/** How a delivery proves who sent it: one implementation for each scheme. Pure and thread-safe. */
public interface Verifier {

    /** {@return the headers, in lower case, that carry the proof: they never leave the gateway} */
    Set<String> headers();

    /** {@return whether the proof stands in the address, behind the endpoint's name} Elsewhere nothing may stand there. */
    default boolean isInAddress() {
        return false;
    }

    /**
     * {@return whether the delivery proves knowledge of the secret}
     *
     * <p>The time that it takes does not depend on how much of the proof is right. A missing or empty proof is none. A proof
     * that holds for a time is judged at {@link Delivery#receivedAt}.
     *
     * @param secret not empty: the value of a secret, or a key that the sender publishes
     */
    boolean verifies(Delivery delivery, byte[] secret);
}
