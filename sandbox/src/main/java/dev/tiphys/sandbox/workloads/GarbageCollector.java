package dev.tiphys.sandbox.workloads;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.sandbox.objects.Trees;
import dev.tiphys.sandbox.objects.Writer;
import java.util.Iterator;
import java.util.List;

/** Follows owner references: what lost its last owner goes, what is deleted in the foreground waits for its dependents. */
final class GarbageCollector {

    private final Cluster cluster;

    GarbageCollector(Cluster cluster) {
        this.cluster = cluster;
    }

    /** An owner is gone. */
    void collect(ObjectNode owner) {
        String uid = Trees.uid(owner);
        for (ObjectNode dependent : cluster.dependents(uid)) {
            boolean hasAnother = false;
            for (JsonNode reference : dependent.path("metadata").path("ownerReferences")) {
                hasAnother |= !reference.path("uid").asText().equals(uid) && isAlive(reference, dependent);
            }
            if (hasAnother) {
                release(dependent, uid);
            } else {
                cluster.delete(dependent);
            }
        }
    }

    /** An object is new: if all its owners are gone already, it goes too. */
    void adopt(ObjectNode object) {
        JsonNode references = object.path("metadata").path("ownerReferences");
        boolean orphan = !references.isEmpty();
        for (JsonNode reference : references) {
            orphan &= !isAlive(reference, object);
        }
        if (orphan) {
            cluster.delete(object);
        }
    }

    /** An object is marked for deletion: does what its finalizers ask for. */
    void finalizeDeletion(ObjectNode object) {
        List<ObjectNode> dependents = cluster.dependents(Trees.uid(object));
        if (has(object, "orphan")) {
            dependents.forEach(dependent -> release(dependent, Trees.uid(object)));
            dropFinalizer(object, "orphan");
        }
        if (has(object, "foregroundDeletion")) {
            boolean blocked = false;
            for (ObjectNode dependent : dependents) {
                boolean blocks = blocks(dependent, Trees.uid(object));
                cluster.delete(dependent, blocks ? "Foreground" : "Background");
                blocked |= blocks;
            }
            if (!blocked) {
                dropFinalizer(object, "foregroundDeletion");
            }
        }
    }

    private boolean isAlive(JsonNode reference, ObjectNode dependent) {
        return cluster.objects()
                .types()
                .byKind(
                        reference.path("apiVersion").asText(),
                        reference.path("kind").asText())
                .flatMap(type -> cluster.find(
                        type.storage(),
                        type.namespaced() ? Trees.namespace(dependent) : "",
                        reference.path("name").asText()))
                .filter(owner -> Trees.uid(owner).equals(reference.path("uid").asText()))
                .isPresent();
    }

    private void release(ObjectNode dependent, String uid) {
        cluster.change(
                dependent,
                live -> {
                    ArrayNode references = Trees.metadata(live).withArrayProperty("ownerReferences");
                    references.removeIf(
                            reference -> reference.path("uid").asText().equals(uid));
                    if (references.isEmpty()) {
                        Trees.metadata(live).remove("ownerReferences");
                    }
                },
                Writer.CONTROLLER);
    }

    private void dropFinalizer(ObjectNode object, String finalizer) {
        cluster.change(
                object,
                live -> {
                    ArrayNode finalizers = Trees.metadata(live).withArrayProperty("finalizers");
                    finalizers.removeIf(one -> one.asText().equals(finalizer));
                },
                Writer.CONTROLLER);
    }

    private static boolean has(ObjectNode object, String finalizer) {
        Iterator<JsonNode> finalizers =
                object.path("metadata").path("finalizers").iterator();
        while (finalizers.hasNext()) {
            if (finalizers.next().asText().equals(finalizer)) {
                return true;
            }
        }
        return false;
    }

    private static boolean blocks(ObjectNode dependent, String uid) {
        for (JsonNode reference : dependent.path("metadata").path("ownerReferences")) {
            if (reference.path("uid").asText().equals(uid)) {
                return reference.path("blockOwnerDeletion").asBoolean();
            }
        }
        return false;
    }
}
