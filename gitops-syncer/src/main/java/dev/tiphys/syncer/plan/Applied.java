package dev.tiphys.syncer.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.syncer.source.Manifest;
import dev.tiphys.syncer.source.ObjectRef;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A manifest as it is applied: in its namespace, with the tracking annotation, without what only a server sets.
 *
 * @param ref in its namespace
 */
record Applied(Manifest manifest, ObjectRef ref, ObjectNode tree) {
    private static final List<String> SET_BY_SERVERS =
            List.of("creationTimestamp", "managedFields", "resourceVersion", "uid", "generation", "selfLink");

    static Applied of(Manifest manifest, @Nullable String namespace, PlanOptions options) {
        ObjectRef ref = manifest.ref().in(namespace);
        ObjectNode tree = manifest.tree().deepCopy();
        tree.remove("status");
        ObjectNode metadata = (ObjectNode) tree.path("metadata");
        metadata.remove(SET_BY_SERVERS);
        if (namespace == null) {
            metadata.remove("namespace");
        } else {
            metadata.put("namespace", namespace);
        }
        ObjectNode annotations =
                metadata.get("annotations") instanceof ObjectNode given ? given : metadata.putObject("annotations");
        annotations.put(Tracking.ANNOTATION, Tracking.id(options.application(), ref, options.namespace()));
        if ("Secret".equals(ref.kind()) && ref.group().isEmpty()) {
            encodeSecret(tree);
        }
        return new Applied(manifest, ref, tree);
    }

    /** As the server stores it: stringData is write-only, and fields set through it would stay when it no longer names them. */
    private static void encodeSecret(ObjectNode tree) {
        if (tree.get("data") instanceof ObjectNode data) {
            for (Map.Entry<String, JsonNode> entry : data.properties()) {
                entry.setValue(data.textNode(canonical(entry.getValue().asText(""))));
            }
        }
        if (tree.get("stringData") instanceof ObjectNode texts) {
            ObjectNode data = tree.get("data") instanceof ObjectNode given ? given : tree.putObject("data");
            texts.properties()
                    .forEach(entry -> data.put(
                            entry.getKey(),
                            Base64.getEncoder()
                                    .encodeToString(entry.getValue().asText("").getBytes(StandardCharsets.UTF_8))));
        }
        tree.remove("stringData");
    }

    private static String canonical(String base64) {
        try {
            String packed = base64.replaceAll("\\s", "");
            return Base64.getEncoder().encodeToString(Base64.getDecoder().decode(packed));
        } catch (IllegalArgumentException _) {
            // not base64: the server refuses it and says where
            return base64;
        }
    }

    String annotation(String name) {
        return tree.path("metadata").path("annotations").path(name).asText("");
    }
}
