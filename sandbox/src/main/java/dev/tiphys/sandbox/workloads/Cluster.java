package dev.tiphys.sandbox.workloads;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.sandbox.objects.Address;
import dev.tiphys.sandbox.objects.Change;
import dev.tiphys.sandbox.objects.ClusterObjects;
import dev.tiphys.sandbox.objects.DeleteOptions;
import dev.tiphys.sandbox.objects.ObjectKey;
import dev.tiphys.sandbox.objects.ResourceType;
import dev.tiphys.sandbox.objects.Trees;
import dev.tiphys.sandbox.objects.Writer;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The objects as controllers see them: found by owner, written in the controllers' name. */
final class Cluster {

    private final ClusterObjects objects;
    private final Clock clock;
    private final Map<String, Set<ObjectKey>> dependents = new HashMap<>();

    Cluster(ClusterObjects objects, Clock clock) {
        this.objects = objects;
        this.clock = clock;
        objects.store().all().forEach((key, object) -> note(key, object));
    }

    Instant now() {
        return clock.instant();
    }

    ClusterObjects objects() {
        return objects;
    }

    /** Keeps the index of owners; called for each change, in order, while the store is locked. */
    void note(Change change) {
        ObjectNode before = change.before();
        if (before != null) {
            owners(before)
                    .forEach(owner ->
                            dependents.getOrDefault(owner, new TreeSet<>()).remove(change.key()));
            if (change.after() == null
                    && dependents.getOrDefault(Trees.uid(before), Set.of()).isEmpty()) {
                dependents.remove(Trees.uid(before));
            }
        }
        note(change.key(), change.after());
    }

    private void note(ObjectKey key, @Nullable ObjectNode object) {
        if (object != null) {
            owners(object)
                    .forEach(owner -> dependents
                            .computeIfAbsent(owner, _ -> new TreeSet<>())
                            .add(key));
        }
    }

    /** All objects that name this uid as an owner. */
    List<ObjectNode> dependents(String uid) {
        return objects.store().locked(() -> {
            List<ObjectNode> found = new ArrayList<>();
            for (ObjectKey key : dependents.getOrDefault(uid, Set.of())) {
                objects.store().get(key).ifPresent(found::add);
            }
            return found;
        });
    }

    /** The objects of one storage that this object controls, oldest first. */
    List<ObjectNode> controlled(ObjectNode owner, String kind) {
        return dependents(Trees.uid(owner)).stream()
                .filter(object -> object.path("kind").asText().equals(kind))
                .filter(object -> isController(object, Trees.uid(owner)))
                .toList();
    }

    Optional<ObjectNode> find(String storage, String namespace, String name) {
        return objects.store().get(new ObjectKey(storage, namespace, name));
    }

    ObjectNode create(String storage, ObjectNode body) {
        return objects.create(Address.of(type(storage), Trees.namespace(body), ""), body, Writer.CONTROLLER);
    }

    /** Sets the status, if the object still is and its status is another. */
    void setStatus(ObjectNode object, ObjectNode status, Writer writer) {
        if (!object.path("status").equals(status)) {
            Address address = address(object).through("status");
            objects.patch(
                    address,
                    live -> {
                        live.set("status", status);
                        return live;
                    },
                    writer);
        }
    }

    void change(ObjectNode object, Consumer<ObjectNode> change, Writer writer) {
        objects.patch(
                address(object),
                live -> {
                    change.accept(live);
                    return live;
                },
                writer);
    }

    void delete(ObjectNode object, String propagation) {
        if (!Trees.isLeaving(object)) {
            objects.delete(address(object), new DeleteOptions(propagation, Trees.uid(object), "", false));
        }
    }

    void delete(ObjectNode object) {
        delete(object, "Background");
    }

    Address address(ObjectNode object) {
        ResourceType type = objects.types()
                .byKind(object.path("apiVersion").asText(), object.path("kind").asText())
                .orElseThrow();
        return Address.of(type, Trees.namespace(object), Trees.name(object));
    }

    ResourceType type(String storage) {
        return objects.types().byStorage(storage).orElseThrow();
    }

    /** A new object that its owner controls, in the owner's namespace, not yet stored. */
    static ObjectNode controlledBy(ObjectNode owner, String apiVersion, String kind) {
        ObjectNode object = Trees.object().put("apiVersion", apiVersion).put("kind", kind);
        ObjectNode metadata = object.putObject("metadata").put("namespace", Trees.namespace(owner));
        metadata.putArray("ownerReferences")
                .addObject()
                .put("apiVersion", owner.path("apiVersion").asText())
                .put("kind", owner.path("kind").asText())
                .put("name", Trees.name(owner))
                .put("uid", Trees.uid(owner))
                .put("controller", true)
                .put("blockOwnerDeletion", true);
        return object;
    }

    /** A pod from a workload's template. */
    static ObjectNode podOf(ObjectNode owner, JsonNode template) {
        ObjectNode pod = controlledBy(owner, "v1", "Pod");
        ObjectNode metadata = Trees.metadata(pod).put("generateName", Trees.name(owner) + "-");
        for (String field : List.of("labels", "annotations")) {
            if (template.path("metadata").has(field)) {
                metadata.set(field, template.path("metadata").path(field).deepCopy());
            }
        }
        pod.set("spec", template.path("spec").deepCopy());
        return pod;
    }

    static List<String> owners(JsonNode object) {
        List<String> owners = new ArrayList<>();
        object.path("metadata")
                .path("ownerReferences")
                .forEach(owner -> owners.add(owner.path("uid").asText()));
        return owners;
    }

    private static boolean isController(JsonNode object, String uid) {
        for (JsonNode owner : object.path("metadata").path("ownerReferences")) {
            if (owner.path("controller").asBoolean()
                    && owner.path("uid").asText().equals(uid)) {
                return true;
            }
        }
        return false;
    }
}
