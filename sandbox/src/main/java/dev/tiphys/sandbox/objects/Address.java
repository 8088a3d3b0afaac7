package dev.tiphys.sandbox.objects;

/** The object that a request is about; {@code name} is empty where the request is about all of them. */
public record Address(ResourceType type, String namespace, String name, String subresource) {

    /** An object itself. */
    public static Address of(ResourceType type, String namespace, String name) {
        return new Address(type, namespace, name, "");
    }

    /** The same object through a subresource. */
    public Address through(String other) {
        return new Address(type, namespace, name, other);
    }

    ObjectKey key() {
        return new ObjectKey(type.storage(), namespace, name);
    }
}
