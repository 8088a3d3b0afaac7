package dev.tiphys.gateway.delivery;

import java.net.URI;

/** Where a sender publishes a key. */
public sealed interface KeyPlace {

    /** {@return the address that is asked first} */
    URI address();

    /** A key by its id in a JSON Web Key Set. */
    record KeySet(URI address, String keyId) implements KeyPlace {}

    /**
     * A key by its id in the key set that an OpenID Connect issuer's discovery document names.
     *
     * @param address the issuer
     */
    record Discovered(URI address, String keyId) implements KeyPlace {}

    /** The key of a certificate in PEM. */
    record Certificate(URI address) implements KeyPlace {}
}
