package dev.tiphys.sandbox.objects;

import java.util.Comparator;

/** Where an object is kept. {@code namespace} is empty for objects of the cluster. */
public record ObjectKey(String storage, String namespace, String name) implements Comparable<ObjectKey> {

    private static final Comparator<ObjectKey> ORDER = Comparator.comparing(ObjectKey::storage)
            .thenComparing(ObjectKey::namespace)
            .thenComparing(ObjectKey::name);

    @Override
    public int compareTo(ObjectKey other) {
        return ORDER.compare(this, other);
    }
}
