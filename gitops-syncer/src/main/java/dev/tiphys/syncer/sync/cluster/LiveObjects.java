package dev.tiphys.syncer.sync.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.syncer.plan.Tracking;
import dev.tiphys.syncer.source.ObjectKey;
import dev.tiphys.syncer.source.ObjectRef;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What the watches told. Whole for objects that applications name or own and for what runs below them; of everything else
 * only that it is there. Thread-safe.
 */
final class LiveObjects {
    private static final Set<String> WORKERS = Set.of("Pod", "ReplicaSet");

    private final ConcurrentHashMap<ObjectKey, Entry> objects = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<ObjectKey, Set<String>> followers = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Set<ObjectKey>> followed = new ConcurrentHashMap<>();
    private final String fieldManager;

    LiveObjects(String fieldManager) {
        this.fieldManager = fieldManager;
    }

    private record Entry(ObjectNode object, boolean whole) {}

    /** Replaces what an application follows. */
    void follow(String application, Collection<ObjectRef> refs) {
        Set<ObjectKey> next = new HashSet<>();
        refs.forEach(ref -> next.add(ref.key()));
        Set<ObjectKey> before = followed.put(application, next);
        if (next.equals(before)) {
            return;
        }
        for (ObjectKey key : next) {
            followers.computeIfAbsent(key, _ -> ConcurrentHashMap.newKeySet()).add(application);
        }
        if (before != null) {
            before.stream().filter(key -> !next.contains(key)).forEach(key -> leave(key, application));
        }
    }

    void unfollow(String application) {
        Set<ObjectKey> before = followed.remove(application);
        if (before != null) {
            before.forEach(key -> leave(key, application));
        }
    }

    private void leave(ObjectKey key, String application) {
        followers.computeIfPresent(key, (_, applications) -> {
            applications.remove(application);
            return applications.isEmpty() ? null : applications;
        });
    }

    Optional<ObjectNode> find(ObjectKey key) {
        return Optional.ofNullable(objects.get(key)).map(Entry::object);
    }

    /** {@return whether only the existence of the object is known} */
    boolean isStub(ObjectKey key) {
        Entry entry = objects.get(key);
        return entry != null && !entry.whole();
    }

    List<ObjectNode> ofKind(String kind, String namespace) {
        return objects.entrySet().stream()
                .filter(entry -> entry.getKey().kind().equals(kind)
                        && namespace.equals(entry.getKey().namespace()))
                .map(entry -> entry.getValue().object())
                .toList();
    }

    /** {@return the applications that follow the object, or what it runs for, if this was news} */
    Set<String> put(ObjectNode object) {
        ObjectKey key = ObjectRef.of(object).key();
        boolean whole = WORKERS.contains(key.kind())
                || followers.containsKey(key)
                || object.path("metadata").path("annotations").has(Tracking.ANNOTATION);
        Entry next = new Entry(whole ? ownFieldsOnly(object) : stub(object), whole);
        AtomicBoolean news = new AtomicBoolean();
        objects.compute(key, (_, known) -> {
            news.set(known == null || isNews(known, next));
            return known == null || news.get() ? next : known;
        });
        return news.get() ? interested(key, object) : Set.of();
    }

    /** {@return the applications that follow the object, or what it ran for} */
    Set<String> remove(ObjectNode object) {
        ObjectKey key = ObjectRef.of(object).key();
        Set<String> interested = interested(key, object);
        objects.computeIfPresent(key, (_, entry) -> sameObject(entry.object(), object) ? null : entry);
        return interested;
    }

    /** A late event of a deleted object must not hide the one that took its name. */
    private static boolean sameObject(ObjectNode known, ObjectNode deleted) {
        return known.path("metadata")
                .path("uid")
                .equals(deleted.path("metadata").path("uid"));
    }

    private static boolean isNews(Entry known, Entry next) {
        boolean sameVersion = version(next.object()) == version(known.object());
        boolean more = next.whole() && !known.whole();
        return sameVersion ? more : version(next.object()) > version(known.object());
    }

    private static long version(ObjectNode object) {
        String text = object.path("metadata").path("resourceVersion").asText("");
        return text.matches("\\d{1,18}") ? Long.parseLong(text) : Long.MAX_VALUE;
    }

    private Set<String> interested(ObjectKey key, ObjectNode object) {
        Set<String> direct = followers.getOrDefault(key, Set.of());
        if (!direct.isEmpty()) {
            return Set.copyOf(direct);
        }
        for (JsonNode owner : object.path("metadata").path("ownerReferences")) {
            if (owner.path("controller").asBoolean()) {
                return interestedInOwner(key, owner);
            }
        }
        return Set.of();
    }

    private Set<String> interestedInOwner(ObjectKey key, JsonNode owner) {
        String apiVersion = owner.path("apiVersion").asText();
        int slash = apiVersion.indexOf('/');
        ObjectKey ownerKey = new ObjectKey(
                slash < 0 ? "" : apiVersion.substring(0, slash),
                owner.path("kind").asText(),
                key.namespace(),
                owner.path("name").asText());
        Entry known = objects.get(ownerKey);
        return known == null
                ? Set.copyOf(followers.getOrDefault(ownerKey, Set.of()))
                : interested(ownerKey, known.object());
    }

    private ObjectNode ownFieldsOnly(ObjectNode object) {
        if (object.path("metadata") instanceof ObjectNode metadata
                && metadata.get("managedFields") instanceof ArrayNode all) {
            ArrayNode ours = JsonNodeFactory.instance.arrayNode();
            for (JsonNode fields : all) {
                if (fields.path("manager").asText().equals(fieldManager)) {
                    ours.add(fields);
                }
            }
            metadata.set("managedFields", ours);
        }
        return object;
    }

    private static ObjectNode stub(ObjectNode object) {
        ObjectNode stub = JsonNodeFactory.instance.objectNode();
        stub.set("apiVersion", object.path("apiVersion"));
        stub.set("kind", object.path("kind"));
        ObjectNode metadata = stub.putObject("metadata");
        for (String field : List.of("name", "namespace", "uid", "resourceVersion", "ownerReferences")) {
            JsonNode value = object.path("metadata").get(field);
            if (value != null) {
                metadata.set(field, value);
            }
        }
        return stub;
    }
}
