package dev.tiphys.contracts.definition;

/**
 * Names a definition. Two definitions of one kind never share a name, whatever their namespaces: the HTTP interface and
 * other definitions name them without one.
 *
 * @param kind for example {@code Pipeline}
 * @param namespace {@code default} where none is given
 */
public record DefinitionKey(String kind, String namespace, String name) {

    /** The namespace of a definition that names none. */
    public static final String DEFAULT_NAMESPACE = "default";

    public DefinitionKey {
        if (kind.isEmpty() || namespace.isEmpty() || name.isEmpty()) {
            throw new IllegalArgumentException("a definition needs a kind, a namespace and a name");
        }
    }

    /** {@return {@code kind/namespace/name}, the key on the topic} */
    public String text() {
        return kind + "/" + namespace + "/" + name;
    }

    /** {@return the key of a text that {@link #text} made} */
    public static DefinitionKey of(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException(text + " is not kind/namespace/name");
        }
        return new DefinitionKey(parts[0], parts[1], parts[2]);
    }
}
