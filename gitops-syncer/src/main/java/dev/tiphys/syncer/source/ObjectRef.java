package dev.tiphys.syncer.source;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * An object in the version in which somebody names it. Two refs may differ in the version and still be one object:
 * compare {@link #key()}.
 *
 * @param group empty for the core group
 * @param namespace null for cluster-scoped objects, and in manifests that leave it to the application
 */
public record ObjectRef(
        String group, String version, String kind, @Nullable String namespace, String name) {

    /** {@return the ref of an object; missing parts are empty} */
    public static ObjectRef of(JsonNode object) {
        String apiVersion = object.path("apiVersion").asText("");
        int slash = apiVersion.indexOf('/');
        JsonNode metadata = object.path("metadata");
        String namespace = metadata.path("namespace").asText("");
        return new ObjectRef(
                slash < 0 ? "" : apiVersion.substring(0, slash),
                apiVersion.substring(slash + 1),
                object.path("kind").asText(""),
                namespace.isEmpty() ? null : namespace,
                metadata.path("name").asText(""));
    }

    /** {@return the same object without the version} */
    public ObjectKey key() {
        return new ObjectKey(group, kind, namespace, name);
    }

    /** {@return {@code apps/v1}, or {@code v1} for the core group} */
    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** {@return the ref in a namespace, or without one} */
    public ObjectRef in(@Nullable String otherNamespace) {
        return new ObjectRef(group, version, kind, otherNamespace, name);
    }

    /** {@return {@code Kind namespace/name}, or {@code Kind name}} */
    public String text() {
        return key().text();
    }
}
