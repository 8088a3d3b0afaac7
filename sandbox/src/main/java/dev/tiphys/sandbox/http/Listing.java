package dev.tiphys.sandbox.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.sandbox.objects.ApiFailure;
import dev.tiphys.sandbox.objects.ClusterObjects;
import dev.tiphys.sandbox.objects.ObjectKey;
import dev.tiphys.sandbox.objects.ResourceType;
import dev.tiphys.sandbox.objects.Selector;
import dev.tiphys.sandbox.objects.Trees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Predicate;

/** Which objects a list or a watch is about, and a page of them. */
record Listing(
        ClusterObjects objects, ResourceType type, String namespace, Predicate<JsonNode> selects, Request request) {

    Listing(ClusterObjects objects, ResourceType type, String namespace, Request request) {
        this(
                objects,
                type,
                namespace,
                Selector.labels(request.parameter("labelSelector"))
                        .and(Selector.fields(request.parameter("fieldSelector"))),
                request);
    }

    Listing only(String name) {
        return new Listing(
                objects,
                type,
                namespace,
                selects.and(object -> Trees.name(object).equals(name)),
                request);
    }

    boolean covers(ObjectKey key) {
        return key.storage().equals(type.storage())
                && (namespace.isEmpty() || key.namespace().equals(namespace));
    }

    /** The objects that are there now. */
    SortedMap<ObjectKey, ObjectNode> present() {
        SortedMap<ObjectKey, ObjectNode> all = objects.store().list(type.storage(), namespace);
        all.values().removeIf(object -> !selects.test(object));
        return all;
    }

    ObjectNode page() {
        return objects.store().locked(() -> {
            SortedMap<ObjectKey, ObjectNode> all = present();
            long revision = objects.store().revision();
            String token = request.parameter("continue");
            if (!token.isEmpty()) {
                JsonNode from = decode(token);
                // Later pages come from the present, under the first page's version: a watch from there tells the rest.
                revision = from.path("revision").asLong();
                all = all.tailMap(new ObjectKey(
                        type.storage(),
                        from.path("namespace").asText(),
                        from.path("name").asText() + "\u0000"));
            }
            return page(all, revision, request.number("limit").orElse(0));
        });
    }

    private ObjectNode page(SortedMap<ObjectKey, ObjectNode> rest, long revision, int limit) {
        ObjectNode list = Trees.object().put("kind", type.kind() + "List").put("apiVersion", type.apiVersion());
        ObjectNode metadata = list.putObject("metadata").put("resourceVersion", Long.toString(revision));
        ArrayNode items = list.putArray("items");
        for (Map.Entry<ObjectKey, ObjectNode> entry : rest.entrySet()) {
            items.add(ClusterObjects.inVersion(type, entry.getValue()));
            if (limit > 0 && items.size() == limit && rest.size() > limit) {
                metadata.put("continue", encode(revision, entry.getKey()))
                        .put("remainingItemCount", rest.size() - limit);
                break;
            }
        }
        return list;
    }

    private static String encode(long revision, ObjectKey last) {
        String text = Trees.object()
                .put("revision", revision)
                .put("namespace", last.namespace())
                .put("name", last.name())
                .toString();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static JsonNode decode(String token) {
        try {
            return Trees.JSON.readTree(Base64.getUrlDecoder().decode(token));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw ApiFailure.badRequest("continue key is not valid: " + token);
        } catch (IOException e) {
            throw ApiFailure.internal("continue key cannot be read");
        }
    }
}
