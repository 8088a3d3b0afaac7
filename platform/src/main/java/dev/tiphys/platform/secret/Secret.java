package dev.tiphys.platform.secret;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiphys.contracts.definition.SecretRef;

/** The value of a secret. Its text form names it and never shows it. */
public final class Secret {
    private final SecretRef ref;
    private final byte[] value;

    public Secret(SecretRef ref, byte[] value) {
        this.ref = ref;
        this.value = value.clone();
    }

    /** {@return a copy of the value} */
    public byte[] bytes() {
        return value.clone();
    }

    /** {@return the value as UTF-8 text} */
    public String text() {
        return new String(value, UTF_8);
    }

    @Override
    public String toString() {
        return "Secret[" + ref.name() + "/" + ref.key() + "]";
    }
}
