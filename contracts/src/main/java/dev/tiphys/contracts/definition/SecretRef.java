package dev.tiphys.contracts.definition;

/** Names a secret; its value is resolved only where it is used. */
public record SecretRef(String name, String key) {

    /** {@return the reference to another key of the same secret} */
    public SecretRef withKey(String other) {
        return new SecretRef(name, other);
    }
}
