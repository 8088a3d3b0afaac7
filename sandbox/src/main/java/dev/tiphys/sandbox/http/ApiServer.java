package dev.tiphys.sandbox.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.tiphys.sandbox.objects.ApiFailure;
import dev.tiphys.sandbox.objects.ClusterObjects;
import dev.tiphys.sandbox.objects.ResourceType;
import dev.tiphys.sandbox.objects.Trees;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/** Answers the requests of the Kubernetes API: who asks, what for, and every failure in the API's own words. */
public final class ApiServer implements HttpHandler {

    /** What {@code /version} says, so that nobody takes the sandbox for a cluster. */
    public static final String VERSION = "v1.35.0-tiphys.sandbox";

    private static final System.Logger log = System.getLogger(ApiServer.class.getName());

    private final byte[] authorization;
    private final ClusterObjects objects;
    private final Discovery discovery;
    private final ResourceVerbs verbs;

    /** Serves these objects to whoever has the token. */
    public ApiServer(ClusterObjects objects, String token) {
        this.authorization = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
        this.objects = objects;
        this.discovery = new Discovery(objects.types());
        this.verbs = new ResourceVerbs(objects);
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            send(exchange, answer(new Request(exchange)));
        } catch (InterruptedException e) {
            // The server is closing: the connection just ends, as it would with a process that stops.
            Thread.currentThread().interrupt();
        }
    }

    private Answer answer(Request request) throws IOException {
        try {
            return route(request);
        } catch (ApiFailure failure) {
            return new Answer.Json(failure.code(), failure.status());
        } catch (RuntimeException bug) {
            log.log(System.Logger.Level.ERROR, "the sandbox cannot answer " + request.method(), bug);
            ApiFailure failure = ApiFailure.internal("the sandbox failed: " + bug);
            return new Answer.Json(failure.code(), failure.status());
        }
    }

    private Answer route(Request request) throws IOException {
        List<String> path = request.path();
        String first = path.isEmpty() ? "" : path.getFirst();
        switch (first) {
            case "healthz", "livez", "readyz" -> {
                return new Answer.Text("ok");
            }
            case "version" -> {
                return Answer.ok(Trees.object("{'major':'1','minor':'35','platform':'tiphys/sandbox'}")
                        .put("gitVersion", VERSION));
            }
            default -> {
                // all else is behind the token
            }
        }
        if (!isAuthorized(request)) {
            throw ApiFailure.unauthorized();
        }
        if (request.header("Upgrade").equalsIgnoreCase("websocket")) {
            return refuseWebSocket(request);
        }
        return switch (first) {
            case "api" -> inGroup(request, "", path.subList(1, path.size()));
            case "apis" ->
                path.size() < 2
                        ? Answer.ok(discovery.groups())
                        : inGroup(request, path.get(1), path.subList(2, path.size()));
            case "openapi" -> openApi(path);
            default -> throw ApiFailure.noSuchResource();
        };
    }

    /**
     * The sandbox has no WebSockets. The fabric8 client tries one for a watch first: on 200 it goes on with a plain watch at
     * once, on 503 too, but only after it has tried again for twenty seconds.
     */
    private static Answer refuseWebSocket(Request request) {
        if (request.flag("watch")) {
            return new Answer.Text("");
        }
        throw ApiFailure.badRequest("the sandbox has no WebSockets");
    }

    private Answer openApi(List<String> path) {
        if (path.size() < 2 || !path.get(1).equals("v3")) {
            throw ApiFailure.noSuchResource();
        }
        return Answer.ok(
                path.size() == 2
                        ? discovery.openApiIndex()
                        : discovery.openApi(String.join("/", path.subList(2, path.size()))));
    }

    private Answer inGroup(Request request, String group, List<String> rest) throws IOException {
        if (rest.isEmpty()) {
            return Answer.ok(group.isEmpty() ? discovery.core() : discovery.group(group));
        }
        String version = rest.getFirst();
        List<String> path = rest.subList(1, rest.size());
        if (path.isEmpty()) {
            return Answer.ok(discovery.resources(group, version));
        }
        if (group.equals("authorization.k8s.io") && path.getLast().endsWith("accessreviews")) {
            return verbs.allow(request);
        }
        boolean inNamespace = path.size() > 2
                && path.getFirst().equals("namespaces")
                && !List.of("status", "finalize").contains(path.get(2));
        String namespace = inNamespace ? path.get(1) : "";
        List<String> own = inNamespace ? path.subList(2, path.size()) : path;
        ResourceType type = objects.types()
                .byResource(group, version, own.getFirst())
                .filter(found -> found.namespaced() || !inNamespace)
                .orElseThrow(ApiFailure::noSuchResource);
        if (own.size() == 1) {
            return verbs.onAll(request, type, namespace);
        }
        if (own.size() > 3 || type.namespaced() != inNamespace) {
            throw ApiFailure.noSuchResource();
        }
        return verbs.onOne(request, type, namespace, own.get(1), own.size() == 3 ? own.get(2) : "");
    }

    private boolean isAuthorized(Request request) {
        return MessageDigest.isEqual(
                authorization, request.header("Authorization").getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException, InterruptedException {
        switch (answer) {
            case Answer.Json(int status, JsonNode body) ->
                send(exchange, status, "application/json", Trees.JSON.writeValueAsBytes(body));
            case Answer.Text(String body) -> send(exchange, 200, "text/plain", body.getBytes(StandardCharsets.UTF_8));
            case Answer.Stream(Answer.Stream.Body body) -> {
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, 0);
                try (OutputStream out = exchange.getResponseBody()) {
                    body.write(out);
                }
            }
        }
    }

    private static void send(HttpExchange exchange, int status, String contentType, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", contentType);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }
}
