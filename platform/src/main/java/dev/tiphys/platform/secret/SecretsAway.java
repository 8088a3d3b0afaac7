package dev.tiphys.platform.secret;

import dev.tiphys.contracts.definition.SecretRef;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Whether a secret is there cannot be told at the moment: try again later. Its message names the reference and why. */
public final class SecretsAway extends UncheckedIOException {
    private final String name;
    private final String key;

    public SecretsAway(SecretRef ref, String where, IOException cause) {
        super("secret " + ref.name() + "/" + ref.key() + " cannot be read from " + where + ": " + says(cause), cause);
        this.name = ref.name();
        this.key = ref.key();
    }

    /** {@return the secret that could not be read} */
    public SecretRef ref() {
        return new SecretRef(name, key);
    }

    private static String says(IOException cause) {
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}
