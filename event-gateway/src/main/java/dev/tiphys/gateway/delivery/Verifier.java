package dev.tiphys.gateway.delivery;

/** How a delivery proves who sent it: one implementation for each scheme. */
public interface Verifier {

    /** {@return the header, in lower case, that carries the proof: it never leaves the gateway} */
    String header();

    /**
     * {@return whether the delivery proves knowledge of the secret}
     *
     * <p>The time that it takes does not depend on how much of the proof is right. A missing or empty proof is none.
     *
     * @param secret not empty
     */
    boolean verifies(Delivery delivery, byte[] secret);
}
