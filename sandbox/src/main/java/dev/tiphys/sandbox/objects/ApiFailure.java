package dev.tiphys.sandbox.objects;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Collectors;

/** A refusal in the words of the Kubernetes API. The caller of the API is answered with {@link #status}. */
public final class ApiFailure extends RuntimeException {

    private final int code;
    private final String reason;
    private final Subject subject;
    private final List<Cause> causes;

    /** One reason out of several, at a field. */
    public record Cause(String reason, String message, String field) {}

    /** What it is about; empty texts where that is unknown. */
    record Subject(String name, String group, String kind) {
        static final Subject NONE = new Subject("", "", "");
    }

    private ApiFailure(int code, String reason, String message, Subject subject, List<Cause> causes) {
        super(message);
        this.code = code;
        this.reason = reason;
        this.subject = subject;
        this.causes = List.copyOf(causes);
    }

    /** The HTTP status. */
    public int code() {
        return code;
    }

    /** The answer's body. */
    public ObjectNode status() {
        ObjectNode status = Trees.object("{'kind':'Status','apiVersion':'v1','metadata':{},'status':'Failure'}");
        status.put("message", getMessage()).put("reason", reason);
        ObjectNode details = Trees.object();
        if (!subject.name().isEmpty()) {
            details.put("name", subject.name());
        }
        if (!subject.group().isEmpty()) {
            details.put("group", subject.group());
        }
        if (!subject.kind().isEmpty()) {
            details.put("kind", subject.kind());
        }
        if (!causes.isEmpty()) {
            ArrayNode list = details.putArray("causes");
            causes.forEach(cause -> list.addObject()
                    .put("reason", cause.reason())
                    .put("message", cause.message())
                    .put("field", cause.field()));
        }
        if (!details.isEmpty()) {
            status.set("details", details);
        }
        return status.put("code", code);
    }

    /** 401. */
    public static ApiFailure unauthorized() {
        return new ApiFailure(401, "Unauthorized", "Unauthorized", Subject.NONE, List.of());
    }

    /** 404 for a path that leads nowhere. */
    public static ApiFailure noSuchResource() {
        return new ApiFailure(
                404, "NotFound", "the server could not find the requested resource", Subject.NONE, List.of());
    }

    /** 404 for an object. */
    public static ApiFailure notFound(ResourceType type, String name) {
        return new ApiFailure(
                404, "NotFound", type.resource() + " \"" + name + "\" not found", of(type, name), List.of());
    }

    /** 405. */
    public static ApiFailure methodNotAllowed() {
        return new ApiFailure(
                405,
                "MethodNotAllowed",
                "the server does not allow this method on the requested resource",
                Subject.NONE,
                List.of());
    }

    /** 400. */
    public static ApiFailure badRequest(String message) {
        return new ApiFailure(400, "BadRequest", message, Subject.NONE, List.of());
    }

    /** 415. */
    public static ApiFailure unsupportedMediaType(String given) {
        return new ApiFailure(
                415,
                "UnsupportedMediaType",
                "the body of the request was in an unknown format - " + given,
                Subject.NONE,
                List.of());
    }

    /** 422 for an apply that does not say who applies. */
    public static ApiFailure managerRequired() {
        return new ApiFailure(
                422,
                "Invalid",
                "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch",
                new Subject("", "meta.k8s.io", "PatchOptions"),
                List.of(new Cause(
                        "FieldValueRequired", "Required value: is required for apply patch", "fieldManager")));
    }

    /** 413. */
    public static ApiFailure tooLarge(int limit) {
        return new ApiFailure(
                413, "RequestEntityTooLarge", "Request entity too large: limit is " + limit, Subject.NONE, List.of());
    }

    /** 410: the watcher has to list again. */
    public static ApiFailure expired(String message) {
        return new ApiFailure(410, "Expired", message, Subject.NONE, List.of());
    }

    /** 500: a fault of the sandbox. */
    public static ApiFailure internal(String message) {
        return new ApiFailure(500, "InternalError", message, Subject.NONE, List.of());
    }

    static ApiFailure alreadyExists(ResourceType type, String name) {
        return new ApiFailure(
                409, "AlreadyExists", type.resource() + " \"" + name + "\" already exists", of(type, name), List.of());
    }

    static ApiFailure conflict(ResourceType type, String name, String why) {
        return new ApiFailure(
                409,
                "Conflict",
                "Operation cannot be fulfilled on " + type.resource() + " \"" + name + "\": " + why,
                of(type, name),
                List.of());
    }

    static ApiFailure applyConflict(String message, List<Cause> causes) {
        return new ApiFailure(409, "Conflict", message, Subject.NONE, causes);
    }

    static ApiFailure namespaceLeaving(ResourceType type, String name, String namespace) {
        return new ApiFailure(
                403,
                "Forbidden",
                type.resource() + " \"" + name + "\" is forbidden: unable to create new content in namespace "
                        + namespace + " because it is being terminated",
                of(type, name),
                List.of(new Cause(
                        "NamespaceTerminating",
                        "namespace " + namespace + " is being terminated",
                        "metadata.namespace")));
    }

    static ApiFailure invalid(ResourceType type, String name, List<Cause> causes) {
        String each = causes.stream()
                .map(cause -> cause.field() + ": " + cause.message())
                .collect(Collectors.joining(", "));
        return new ApiFailure(
                422,
                "Invalid",
                type.kindAndGroup() + " \"" + name + "\" is invalid: " + (causes.size() == 1 ? each : "[" + each + "]"),
                new Subject(name, type.group(), type.kind()),
                causes);
    }

    private static Subject of(ResourceType type, String name) {
        return new Subject(name, type.group(), type.plural());
    }
}
