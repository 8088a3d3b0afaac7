package dev.tiphys.syncer.source;

import org.jspecify.annotations.Nullable;

/**
 * What makes an object itself, whatever version of its kind it is written in.
 *
 * @param group empty for the core group
 * @param namespace null for cluster-scoped objects
 */
public record ObjectKey(String group, String kind, @Nullable String namespace, String name) {

    /** {@return {@code Kind namespace/name}, or {@code Kind name}} */
    public String text() {
        return kind + " " + (namespace == null ? name : namespace + "/" + name);
    }
}
