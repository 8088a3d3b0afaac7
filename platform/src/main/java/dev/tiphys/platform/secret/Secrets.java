package dev.tiphys.platform.secret;

import dev.tiphys.contracts.definition.SecretRef;
import java.util.Optional;

/**
 * Finds the values of secrets at the moment of their use, so that a new value needs no restart. Definitions, topics, logs
 * and answers only ever carry the reference. Thread-safe.
 */
public interface Secrets {

    /**
     * {@return the secret; empty if there is none}
     *
     * @throws SecretsAway if it cannot be told at the moment: try again later
     */
    Optional<Secret> find(SecretRef ref);

    /**
     * {@return the secret}
     *
     * @throws SecretMissing if there is none: the person who runs the service adds it
     */
    default Secret get(SecretRef ref) throws SecretMissing {
        return find(ref).orElseThrow(() -> new SecretMissing(ref));
    }
}
