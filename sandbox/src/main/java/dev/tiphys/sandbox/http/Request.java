package dev.tiphys.sandbox.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.sun.net.httpserver.HttpExchange;
import dev.tiphys.sandbox.objects.ApiFailure;
import dev.tiphys.sandbox.objects.Trees;
import dev.tiphys.sandbox.objects.Writer;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One request, read as far as every verb needs it. */
final class Request {

    private static final int BODY_LIMIT = 3 << 20;
    private static final YAMLMapper YAML = new YAMLMapper();

    private final HttpExchange exchange;
    private final Map<String, String> parameters;

    Request(HttpExchange exchange) {
        this.exchange = exchange;
        this.parameters = parameters(exchange.getRequestURI().getRawQuery());
    }

    HttpExchange exchange() {
        return exchange;
    }

    String method() {
        return exchange.getRequestMethod();
    }

    List<String> path() {
        return Stream.of(exchange.getRequestURI().getRawPath().split("/", -1))
                .filter(part -> !part.isEmpty())
                .map(Request::decoded)
                .toList();
    }

    String parameter(String name) {
        return parameters.getOrDefault(name, "");
    }

    boolean flag(String name) {
        String value = parameter(name);
        return value.equals("true") || value.equals("1");
    }

    /** A number, or empty when it is not given. */
    Optional<Integer> number(String name) {
        String text = parameter(name);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Integer.valueOf(text));
        } catch (NumberFormatException e) {
            throw ApiFailure.badRequest(name + " is no number: \"" + text + "\"");
        }
    }

    String header(String name) {
        String value = exchange.getRequestHeaders().getFirst(name);
        return value == null ? "" : value;
    }

    Writer writer() {
        String manager = parameter("fieldManager");
        String agent = header("User-Agent").isEmpty() ? "unknown" : header("User-Agent");
        return new Writer(manager.isEmpty() ? agent.split("/", 2)[0] : manager, isDryRun());
    }

    boolean isDryRun() {
        return parameter("dryRun").equals("All");
    }

    String contentType() {
        return header("Content-Type").split(";", 2)[0].strip();
    }

    /** The body as a tree; an empty object when there is none. */
    JsonNode body() throws IOException {
        byte[] bytes = exchange.getRequestBody().readNBytes(BODY_LIMIT + 1);
        if (bytes.length > BODY_LIMIT) {
            throw ApiFailure.tooLarge(BODY_LIMIT);
        }
        if (new String(bytes, StandardCharsets.UTF_8).isBlank()) {
            return Trees.object();
        }
        String type = contentType();
        if (type.contains("protobuf") || type.contains("cbor")) {
            throw ApiFailure.unsupportedMediaType(type);
        }
        try {
            return type.contains("yaml") ? YAML.readTree(bytes) : Trees.JSON.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw ApiFailure.badRequest("the body cannot be read: " + e.getOriginalMessage());
        }
    }

    private static Map<String, String> parameters(@Nullable String query) {
        Map<String, String> parameters = new TreeMap<>();
        if (query != null) {
            for (String pair : query.split("&", -1)) {
                String[] sides = pair.split("=", 2);
                parameters.put(decoded(sides[0]), sides.length == 1 ? "" : decoded(sides[1]));
            }
        }
        return parameters;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw ApiFailure.badRequest("the address cannot be read: " + text);
        }
    }
}
