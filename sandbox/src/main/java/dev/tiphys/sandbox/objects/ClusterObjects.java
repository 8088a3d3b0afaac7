package dev.tiphys.sandbox.objects;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.sandbox.fields.FieldWriter;
import dev.tiphys.sandbox.fields.Ownership;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * What creating, changing, applying and deleting an object means. Each is one step: nobody sees half of it. Refusals are
 * {@link ApiFailure}s, which go to the client as they are.
 */
public final class ClusterObjects {

    static final String DEFINITION_CLEANUP = "customresourcecleanup.apiextensions.k8s.io";
    private static final String NAME_LETTERS = "bcdfghjklmnpqrstvwxz2456789";

    private final ObjectStore store;
    private final Clock clock;
    private final ResourceTypes types = new ResourceTypes();
    private final RandomGenerator random = new SecureRandom();

    /** The objects of a store. */
    public ClusterObjects(ObjectStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
        learnDefinitions();
    }

    /** An object after a write, and whether the write made it. */
    public record Written(ObjectNode object, boolean created) {}

    /** The kinds that are known now. */
    public ResourceTypes types() {
        return types;
    }

    /** The objects as they are stored, and their changes. */
    public ObjectStore store() {
        return store;
    }

    /** The present moment, as objects write it. */
    public String now() {
        return Trees.time(clock.instant());
    }

    /** The object, in the version that is asked for. */
    public ObjectNode get(Address address) {
        return find(address).orElseThrow(() -> ApiFailure.notFound(address.type(), address.name()));
    }

    /** The object if there is one, in the version that is asked for. */
    public Optional<ObjectNode> find(Address address) {
        return store.get(address.key()).map(object -> inVersion(address.type(), object));
    }

    /** The stored object as its other version shows it. */
    public static ObjectNode inVersion(ResourceType type, ObjectNode object) {
        if (object.path("apiVersion").asText().equals(type.apiVersion())) {
            return object;
        }
        ObjectNode converted = object.deepCopy();
        return converted.put("apiVersion", type.apiVersion());
    }

    /** Makes an object; its name may be left to the server by {@code generateName}. */
    public ObjectNode create(Address address, ObjectNode body, Writer writer) {
        return store.locked(() -> {
            ObjectNode wanted = body.deepCopy();
            checkBelongs(address, wanted);
            Address named = Address.of(address.type(), address.namespace(), nameOf(wanted));
            if (store.get(named.key()).isPresent()) {
                throw ApiFailure.alreadyExists(named.type(), named.name());
            }
            if (wanted.path("metadata").hasNonNull("resourceVersion")
                    && !wanted.path("metadata").path("resourceVersion").asText().isEmpty()) {
                throw ApiFailure.badRequest("resourceVersion should not be set on objects to be created");
            }
            Trees.metadata(wanted).remove("managedFields");
            ObjectNode made = prepareNew(named, wanted);
            ownership(named).track(Trees.object(), made, fieldWriter(named, writer));
            return storeNew(named, made, writer);
        });
    }

    /** Replaces an object. A {@code resourceVersion} in the body must be the present one. */
    public ObjectNode update(Address address, ObjectNode body, Writer writer) {
        return store.locked(() -> {
            ObjectNode live = get(address);
            checkBelongs(address, body);
            return change(address, live, body.deepCopy(), writer);
        });
    }

    /** Changes an object by a function of it. */
    public ObjectNode patch(Address address, Function<ObjectNode, JsonNode> patch, Writer writer) {
        return store.locked(() -> {
            ObjectNode live = get(address);
            JsonNode patched = patch.apply(live.deepCopy());
            if (!(patched instanceof ObjectNode wanted)) {
                throw ApiFailure.badRequest("the patch leaves no object");
            }
            checkBelongs(address, wanted);
            return change(address, live, wanted, writer);
        });
    }

    /** Server-side apply. */
    public Written apply(Address address, ObjectNode given, Writer writer, boolean force) {
        return store.locked(() -> {
            checkBelongs(address, given);
            if (!given.path("metadata").path("managedFields").isEmpty()) {
                throw ApiFailure.badRequest("metadata.managedFields must be nil");
            }
            ObjectNode config = given.deepCopy();
            Trees.dropNulls(config);
            keepOnly(address, config);
            Optional<ObjectNode> live = find(address);
            if (live.isEmpty() && !address.subresource().isEmpty()) {
                throw ApiFailure.notFound(address.type(), address.name());
            }
            live.ifPresent(object -> checkVersion(address, object, given));
            ObjectNode base = live.orElseGet(Trees::object);
            return switch (ownership(address).apply(base, config, fieldWriter(address, writer), force)) {
                case Ownership.Outcome.Conflicted(var conflicts) -> throw asFailure(conflicts);
                case Ownership.Outcome.Applied(ObjectNode merged) ->
                    live.map(object -> new Written(applied(address, object, merged, writer), false))
                            .orElseGet(() -> new Written(storeNew(address, prepareNew(address, merged), writer), true));
            };
        });
    }

    private ObjectNode applied(Address address, ObjectNode live, ObjectNode merged, Writer writer) {
        return storeChange(address, live, prepareChange(address, live, merged.deepCopy()), writer);
    }

    /**
     * Deletes an object, or marks it when something has to happen before.
     *
     * @return the marked object, or empty if it is gone
     */
    public Optional<ObjectNode> delete(Address address, DeleteOptions options) {
        return store.locked(() -> {
            ObjectNode live = get(address);
            checkPreconditions(address, live, options);
            if (options.dryRun()) {
                return Optional.of(live);
            }
            ObjectNode marked = live.deepCopy();
            propagate(marked, options.propagation());
            boolean isNamespace = address.type().storage().equals("/namespaces");
            if (finalizers(marked).isEmpty() && !isNamespace) {
                remove(address, live);
                return Optional.empty();
            }
            if (!Trees.isLeaving(live)) {
                Trees.metadata(marked).put("deletionTimestamp", now()).put("deletionGracePeriodSeconds", 0);
            }
            if (isNamespace) {
                marked.withObjectProperty("status").put("phase", "Terminating");
            }
            return Optional.of(marked.equals(live) ? live : put(address, marked));
        });
    }

    /** Removes an object whose last hold is gone, whatever its finalizers say: a namespace that is empty. */
    public void finish(Address address) {
        store.locked(() -> {
            find(address).ifPresent(live -> remove(address, live));
            return true;
        });
    }

    private ObjectNode change(Address address, ObjectNode live, ObjectNode wanted, Writer writer) {
        checkVersion(address, live, wanted);
        ObjectNode base = wanted;
        if (!address.subresource().isEmpty()) {
            base = live.deepCopy();
            base.set("status", wanted.path("status").isMissingNode() ? Trees.object() : wanted.get("status"));
        }
        ObjectNode after = prepareChange(address, live, base);
        ownership(address).track(live, after, fieldWriter(address, writer));
        return storeChange(address, live, after, writer);
    }

    private ObjectNode prepareNew(Address address, ObjectNode object) {
        ResourceType type = address.type();
        requireNamespace(address);
        Trees.dropNulls(object);
        object.put("apiVersion", type.apiVersion()).put("kind", type.kind());
        ObjectNode metadata = Trees.metadata(object);
        metadata.put("name", address.name());
        if (type.namespaced()) {
            metadata.put("namespace", address.namespace());
        } else {
            metadata.remove("namespace");
        }
        metadata.remove(List.of("deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "generation"));
        metadata.put("uid", UUID.randomUUID().toString()).put("creationTimestamp", now());
        if (type.hasGeneration()) {
            metadata.put("generation", 1);
        }
        if (type.has("status")) {
            object.remove("status");
        }
        fill(type, object);
        Trees.dropEmpties(object);
        Allocation.fill(type, object, Trees.object(), store.revision());
        if (type.storage().equals(ResourceTypes.DEFINITIONS)) {
            establish(object);
        }
        refuse(address, Validation.ofNew(type, object));
        return object;
    }

    private ObjectNode prepareChange(Address address, ObjectNode live, ObjectNode after) {
        ResourceType type = address.type();
        Trees.dropNulls(after);
        after.put("apiVersion", type.apiVersion()).put("kind", type.kind());
        ObjectNode metadata = Trees.metadata(after);
        JsonNode before = live.path("metadata");
        for (String own : List.of(
                "name",
                "namespace",
                "uid",
                "creationTimestamp",
                "deletionTimestamp",
                "deletionGracePeriodSeconds",
                "generation",
                "resourceVersion")) {
            if (before.has(own)) {
                metadata.set(own, before.get(own));
            } else {
                metadata.remove(own);
            }
        }
        if (address.subresource().isEmpty() && type.has("status")) {
            after.remove("status");
            if (live.has("status")) {
                after.set("status", live.get("status").deepCopy());
            }
        }
        fill(type, after);
        Trees.dropEmpties(after);
        Allocation.fill(type, after, live, store.revision());
        refuse(address, Validation.ofChange(type, live, after));
        if (type.hasGeneration() && !specOf(type, live).equals(specOf(type, after))) {
            metadata.put("generation", before.path("generation").asLong() + 1);
        }
        return after;
    }

    private static void fill(ResourceType type, ObjectNode object) {
        Defaults.fill(type, object);
        if (type.isCustom()) {
            CustomSchema.shape(type.schema(), object);
        }
    }

    private ObjectNode storeNew(Address address, ObjectNode object, Writer writer) {
        return writer.dryRun() ? object : put(address, object);
    }

    private ObjectNode storeChange(Address address, ObjectNode live, ObjectNode after, Writer writer) {
        if (withoutTimes(live).equals(withoutTimes(after))) {
            return live;
        }
        if (writer.dryRun()) {
            return after;
        }
        if (Trees.isLeaving(after)
                && finalizers(after).isEmpty()
                && !address.type().storage().equals("/namespaces")) {
            remove(address, after);
            return after;
        }
        return put(address, after);
    }

    private ObjectNode put(Address address, ObjectNode object) {
        ObjectNode stored = store.put(address.key(), object);
        if (address.type().storage().equals(ResourceTypes.DEFINITIONS)) {
            learnDefinitions();
        }
        return stored;
    }

    private void remove(Address address, ObjectNode last) {
        store.remove(address.key(), last);
        if (address.type().storage().equals(ResourceTypes.DEFINITIONS)) {
            learnDefinitions();
        }
    }

    private void learnDefinitions() {
        types.define(List.copyOf(store.list(ResourceTypes.DEFINITIONS, "").values()));
    }

    private void establish(ObjectNode definition) {
        ArrayNode finalizers = Trees.metadata(definition).withArrayProperty("finalizers");
        finalizers.removeAll().add(DEFINITION_CLEANUP);
        ObjectNode status = definition.putObject("status");
        status.set("acceptedNames", definition.path("spec").path("names").deepCopy());
        ArrayNode conditions = status.putArray("conditions");
        conditions
                .addObject()
                .put("type", "NamesAccepted")
                .put("status", "True")
                .put("reason", "NoConflicts")
                .put("message", "no conflicts found")
                .put("lastTransitionTime", now());
        conditions
                .addObject()
                .put("type", "Established")
                .put("status", "True")
                .put("reason", "InitialNamesAccepted")
                .put("message", "the initial names have been accepted")
                .put("lastTransitionTime", now());
        ArrayNode stored = status.putArray("storedVersions");
        for (JsonNode version : definition.path("spec").path("versions")) {
            if (version.path("storage").asBoolean()) {
                stored.add(version.path("name").asText());
            }
        }
    }

    private String nameOf(ObjectNode wanted) {
        ObjectNode metadata = Trees.metadata(wanted);
        String prefix = metadata.path("generateName").asText("");
        if (!metadata.path("name").asText("").isEmpty()) {
            return metadata.path("name").asText();
        }
        if (prefix.isEmpty()) {
            throw ApiFailure.badRequest("name or generateName is required");
        }
        StringBuilder name = new StringBuilder(prefix);
        for (int i = 0; i < 5; i++) {
            name.append(NAME_LETTERS.charAt(random.nextInt(NAME_LETTERS.length())));
        }
        metadata.put("name", name.toString());
        return name.toString();
    }

    private void requireNamespace(Address address) {
        if (!address.type().namespaced()) {
            return;
        }
        ResourceType namespaces = types.byStorage("/namespaces").orElseThrow();
        ObjectNode namespace = get(Address.of(namespaces, "", address.namespace()));
        if (Trees.isLeaving(namespace)) {
            throw ApiFailure.namespaceLeaving(address.type(), address.name(), address.namespace());
        }
    }

    private static void checkBelongs(Address address, ObjectNode body) {
        ResourceType type = address.type();
        String kind = body.path("kind").asText(type.kind());
        String version = body.path("apiVersion").asText(type.apiVersion());
        if (!kind.equals(type.kind()) || !version.equals(type.apiVersion())) {
            throw ApiFailure.badRequest(kind + " in version \"" + version + "\" cannot be handled as a " + type.kind()
                    + " in version \"" + type.apiVersion() + "\"");
        }
        String namespace = Trees.namespace(body);
        if (type.namespaced() && !namespace.isEmpty() && !namespace.equals(address.namespace())) {
            throw ApiFailure.badRequest(
                    "the namespace of the provided object does not match the namespace sent on the request");
        }
        String name = Trees.name(body);
        if (!address.name().isEmpty() && !name.isEmpty() && !name.equals(address.name())) {
            throw ApiFailure.badRequest("the name of the object (" + name + ") does not match the name on the URL ("
                    + address.name() + ")");
        }
        Decoding.check(type, body);
    }

    private static void checkVersion(Address address, ObjectNode live, ObjectNode wanted) {
        String version = wanted.path("metadata").path("resourceVersion").asText("");
        if (!version.isEmpty()
                && !version.equals("0")
                && !version.equals(live.path("metadata").path("resourceVersion").asText())) {
            throw ApiFailure.conflict(
                    address.type(),
                    address.name(),
                    "the object has been modified; please apply your changes to the latest version and try again");
        }
        String uid = Trees.uid(wanted);
        if (!uid.isEmpty() && !uid.equals(Trees.uid(live))) {
            throw ApiFailure.conflict(
                    address.type(),
                    address.name(),
                    "Precondition failed: UID in precondition: " + uid + ", UID in object meta: " + Trees.uid(live));
        }
    }

    private static void checkPreconditions(Address address, ObjectNode live, DeleteOptions options) {
        if (!options.uid().isEmpty() && !options.uid().equals(Trees.uid(live))) {
            throw ApiFailure.conflict(
                    address.type(),
                    address.name(),
                    "Precondition failed: UID in precondition: " + options.uid() + ", UID in object meta: "
                            + Trees.uid(live));
        }
        String version = live.path("metadata").path("resourceVersion").asText();
        if (!options.resourceVersion().isEmpty() && !options.resourceVersion().equals(version)) {
            throw ApiFailure.conflict(
                    address.type(),
                    address.name(),
                    "Precondition failed: ResourceVersion in precondition: " + options.resourceVersion()
                            + ", ResourceVersion in object meta: " + version);
        }
    }

    /** What an apply may set through this address: the status there, all else here. */
    private static void keepOnly(Address address, ObjectNode config) {
        if (address.subresource().isEmpty()) {
            if (address.type().has("status")) {
                config.remove("status");
            }
            return;
        }
        ObjectNode metadata = Trees.metadata(config).retain("name", "namespace", "resourceVersion", "uid");
        JsonNode status = config.path("status");
        config.retain("apiVersion", "kind");
        config.set("metadata", metadata);
        if (!status.isMissingNode()) {
            config.set("status", status);
        }
    }

    private static void propagate(ObjectNode object, String propagation) {
        List<String> finalizers = finalizers(object);
        finalizers.remove("orphan");
        finalizers.remove("foregroundDeletion");
        switch (propagation) {
            case "Foreground" -> finalizers.add("foregroundDeletion");
            case "Orphan" -> finalizers.add("orphan");
            case "Background" -> {
                // the garbage collector follows by itself
            }
            default -> throw ApiFailure.badRequest("invalid propagationPolicy \"" + propagation + "\"");
        }
        ObjectNode metadata = Trees.metadata(object);
        metadata.remove("finalizers");
        if (!finalizers.isEmpty()) {
            ArrayNode list = metadata.putArray("finalizers");
            finalizers.forEach(list::add);
        }
    }

    private static List<String> finalizers(ObjectNode object) {
        List<String> finalizers = new ArrayList<>();
        object.path("metadata").path("finalizers").forEach(finalizer -> finalizers.add(finalizer.asText()));
        return finalizers;
    }

    private static ObjectNode specOf(ResourceType type, ObjectNode object) {
        ObjectNode spec = object.deepCopy();
        spec.remove(List.of("metadata", "apiVersion", "kind"));
        if (type.has("status")) {
            spec.remove("status");
        }
        return spec;
    }

    private static ObjectNode withoutTimes(ObjectNode object) {
        ObjectNode copy = object.deepCopy();
        Trees.objects(copy.path("metadata").path("managedFields")).forEach(entry -> entry.remove("time"));
        return copy;
    }

    private static void refuse(Address address, List<ApiFailure.Cause> causes) {
        if (!causes.isEmpty()) {
            throw ApiFailure.invalid(address.type(), address.name(), causes);
        }
    }

    private static Ownership ownership(Address address) {
        return new Ownership(address.type().shapes());
    }

    private FieldWriter fieldWriter(Address address, Writer writer) {
        return new FieldWriter(writer.manager(), address.type().apiVersion(), address.subresource(), now());
    }

    private static ApiFailure asFailure(List<Ownership.Conflict> conflicts) {
        List<ApiFailure.Cause> causes = conflicts.stream()
                .map(conflict -> new ApiFailure.Cause(
                        "FieldManagerConflict", "conflict with " + conflict.owner(), conflict.field()))
                .toList();
        StringBuilder message = new StringBuilder(
                "Apply failed with " + conflicts.size() + " conflict" + (conflicts.size() == 1 ? "" : "s") + ": ");
        if (conflicts.size() == 1) {
            message.append("conflict with ")
                    .append(conflicts.getFirst().owner())
                    .append(": ")
                    .append(conflicts.getFirst().field());
        } else {
            String owner = "";
            for (Ownership.Conflict conflict : conflicts) {
                if (!conflict.owner().equals(owner)) {
                    owner = conflict.owner();
                    message.append(message.toString().endsWith(": ") ? "" : "\n")
                            .append("conflicts with ")
                            .append(owner)
                            .append(':');
                }
                message.append("\n- ").append(conflict.field());
            }
        }
        return ApiFailure.applyConflict(message.toString(), causes);
    }
}
