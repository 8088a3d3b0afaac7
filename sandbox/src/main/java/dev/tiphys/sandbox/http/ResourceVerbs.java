package dev.tiphys.sandbox.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.sandbox.fields.BuiltInShapes;
import dev.tiphys.sandbox.fields.Patches;
import dev.tiphys.sandbox.objects.Address;
import dev.tiphys.sandbox.objects.ApiFailure;
import dev.tiphys.sandbox.objects.ClusterObjects;
import dev.tiphys.sandbox.objects.DeleteOptions;
import dev.tiphys.sandbox.objects.ResourceType;
import dev.tiphys.sandbox.objects.Trees;
import dev.tiphys.sandbox.objects.Writer;
import java.io.IOException;
import java.util.Optional;

/** The verbs on resources: which operation a method, a path and a content type ask for. */
final class ResourceVerbs {

    private final ClusterObjects objects;

    ResourceVerbs(ClusterObjects objects) {
        this.objects = objects;
    }

    /** On a collection; {@code namespace} is empty for all namespaces. */
    Answer onAll(Request request, ResourceType type, String namespace) throws IOException {
        Listing listing = new Listing(objects, type, namespace, request);
        return switch (request.method()) {
            case "GET" ->
                request.flag("watch")
                        ? new Answer.Stream(new WatchStream(objects, listing)::write)
                        : Answer.ok(listing.page());
            case "POST" -> {
                if (type.namespaced() && namespace.isEmpty()) {
                    throw ApiFailure.methodNotAllowed();
                }
                yield new Answer.Json(
                        201, objects.create(Address.of(type, namespace, ""), object(request.body()), request.writer()));
            }
            case "DELETE" -> {
                DeleteOptions options = options(request);
                ObjectNode deleted = listing.page();
                for (JsonNode item : deleted.path("items")) {
                    objects.delete(Address.of(type, Trees.namespace(item), Trees.name(item)), options);
                }
                yield Answer.ok(deleted);
            }
            default -> throw ApiFailure.methodNotAllowed();
        };
    }

    /** On one object, or a part of it. */
    Answer onOne(Request request, ResourceType type, String namespace, String name, String subresource)
            throws IOException {
        Address address = Address.of(type, namespace, name);
        boolean isPod = type.storage().equals("/pods");
        return switch (subresource) {
            case "" -> onObject(request, address);
            case "status" -> {
                if (!type.subresources().contains("status")) {
                    throw ApiFailure.noSuchResource();
                }
                yield onObject(request, address.through("status"));
            }
            case "scale" -> onScale(request, address);
            case "log" -> {
                if (!isPod) {
                    throw ApiFailure.noSuchResource();
                }
                yield new Answer.Text(PodLog.of(objects.get(address), request));
            }
            case "eviction" -> {
                if (!isPod) {
                    throw ApiFailure.noSuchResource();
                }
                objects.delete(address, DeleteOptions.BACKGROUND);
                yield new Answer.Json(201, success(address, ""));
            }
            default -> throw ApiFailure.noSuchResource();
        };
    }

    /** Everybody with the token may do everything. */
    Answer allow(Request request) throws IOException {
        ObjectNode review = object(request.body());
        review.putObject("status").put("allowed", true).put("reason", "the sandbox allows everything");
        return new Answer.Json(201, review);
    }

    private Answer onObject(Request request, Address address) throws IOException {
        return switch (request.method()) {
            case "GET" ->
                request.flag("watch")
                        ? new Answer.Stream(
                                new WatchStream(
                                        objects,
                                        new Listing(objects, address.type(), address.namespace(), request)
                                                .only(address.name()))::write)
                        : Answer.ok(objects.get(address));
            case "PUT" -> Answer.ok(objects.update(address, object(request.body()), request.writer()));
            case "PATCH" -> patch(request, address);
            case "DELETE" -> {
                String uid = objects.find(address).map(Trees::uid).orElse("");
                Optional<ObjectNode> marked = objects.delete(address, options(request));
                yield Answer.ok(marked.orElseGet(() -> success(address, uid)));
            }
            default -> throw ApiFailure.methodNotAllowed();
        };
    }

    private Answer patch(Request request, Address address) throws IOException {
        JsonNode patch = request.body();
        Writer writer = request.writer();
        return switch (request.contentType()) {
            case "application/apply-patch+yaml", "application/apply-patch+json" -> {
                if (request.parameter("fieldManager").isEmpty()) {
                    throw ApiFailure.managerRequired();
                }
                ClusterObjects.Written written = objects.apply(address, object(patch), writer, request.flag("force"));
                yield new Answer.Json(written.created() ? 201 : 200, written.object());
            }
            case "application/json-patch+json" ->
                Answer.ok(objects.patch(address, live -> jsonPatch(live, patch), writer));
            case "application/merge-patch+json" ->
                Answer.ok(objects.patch(address, live -> Patches.merge(live, patch), writer));
            case "application/strategic-merge-patch+json" -> {
                if (address.type().isCustom()) {
                    throw ApiFailure.unsupportedMediaType(request.contentType());
                }
                BuiltInShapes shapes = new BuiltInShapes(address.type().kind());
                yield Answer.ok(objects.patch(address, live -> Patches.strategic(live, object(patch), shapes), writer));
            }
            default -> throw ApiFailure.unsupportedMediaType(request.contentType());
        };
    }

    private static JsonNode jsonPatch(ObjectNode live, JsonNode operations) {
        try {
            return Patches.json(live, operations);
        } catch (IllegalArgumentException e) {
            throw ApiFailure.badRequest(
                    "the server rejected our request due to an error in our request: " + e.getMessage());
        }
    }

    private Answer onScale(Request request, Address address) throws IOException {
        if (!address.type().subresources().contains("scale")) {
            throw ApiFailure.noSuchResource();
        }
        ObjectNode scale = scaleOf(objects.get(address));
        JsonNode wanted;
        switch (request.method()) {
            case "GET" -> {
                return Answer.ok(scale);
            }
            case "PUT" -> wanted = request.body();
            case "PATCH" -> wanted = Patches.merge(scale, request.body());
            default -> throw ApiFailure.methodNotAllowed();
        }
        int replicas = wanted.path("spec").path("replicas").asInt();
        ObjectNode scaled = objects.patch(
                address,
                live -> {
                    live.withObjectProperty("spec").put("replicas", replicas);
                    return live;
                },
                request.writer());
        return Answer.ok(scaleOf(scaled));
    }

    private static ObjectNode scaleOf(ObjectNode object) {
        ObjectNode scale = Trees.object("{'kind':'Scale','apiVersion':'autoscaling/v1'}");
        JsonNode metadata = object.path("metadata");
        scale.putObject("metadata")
                .put("name", Trees.name(object))
                .put("namespace", Trees.namespace(object))
                .put("uid", Trees.uid(object))
                .put("resourceVersion", metadata.path("resourceVersion").asText())
                .put("creationTimestamp", metadata.path("creationTimestamp").asText());
        scale.putObject("spec")
                .put("replicas", object.path("spec").path("replicas").asInt());
        scale.putObject("status")
                .put("replicas", object.path("status").path("replicas").asInt());
        return scale;
    }

    private static DeleteOptions options(Request request) throws IOException {
        return DeleteOptions.read(request.body(), request.parameter("propagationPolicy"), request.isDryRun());
    }

    private static ObjectNode success(Address address, String uid) {
        ObjectNode status = Trees.object("{'kind':'Status','apiVersion':'v1','metadata':{},'status':'Success'}");
        ObjectNode details = status.putObject("details").put("name", address.name());
        if (!address.type().group().isEmpty()) {
            details.put("group", address.type().group());
        }
        details.put("kind", address.type().plural()).put("uid", uid);
        return status;
    }

    private static ObjectNode object(JsonNode body) {
        if (body instanceof ObjectNode object) {
            return object;
        }
        throw ApiFailure.badRequest("the body is no object");
    }
}
