package dev.tiphys.gateway.delivery;

import dev.tiphys.contracts.definition.SecretRef;
import java.util.List;
import java.util.Optional;

/** What an endpoint's deliveries are verified with. */
public sealed interface Credentials {

    /** Secrets that are shared with the sender: the present one, then the previous one. */
    record Shared(List<SecretRef> secrets) implements Credentials {
        private static final String PREVIOUS = "-previous";

        public Shared {
            secrets = List.copyOf(secrets);
        }

        /** {@return the two generations of a secret} */
        public static Shared of(SecretRef secret) {
            return new Shared(List.of(secret, secret.withKey(secret.key() + PREVIOUS)));
        }
    }

    /** Keys that the sender publishes. */
    record Published(Where where) implements Credentials {}

    /**
     * Nothing that would prove anything: every delivery is refused.
     *
     * @param reason for the log
     */
    record Closed(String reason) implements Credentials {}

    /** Nothing: whoever knows the address may send. */
    record None() implements Credentials {}

    /** Tells where a delivery's key is published. Pure; it looks only at what it must. */
    @FunctionalInterface
    interface Where {
        /** {@return where the key is; empty if the delivery names none that may be asked for, and is refused} */
        Optional<KeyPlace> of(Delivery delivery);
    }
}
