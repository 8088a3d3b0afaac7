package dev.tiphys.engine.work.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tiphys.contracts.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a server answered, as a step's outputs. A body of more than 1 MiB is cut and so marked.
 *
 * @param body as a tree where it is JSON and whole, else as text
 */
record HttpReply(int status, JsonNode headers, JsonNode body, boolean cut) {
    private static final int MAX_BODY = 1024 * 1024;

    static HttpReply read(HttpResponse<InputStream> response) throws IOException {
        try (InputStream stream = response.body()) {
            byte[] bytes = stream.readNBytes(MAX_BODY + 1);
            boolean cut = bytes.length > MAX_BODY;
            String text = new String(bytes, 0, Math.min(bytes.length, MAX_BODY), UTF_8);
            boolean json = !cut
                    && response.headers()
                            .firstValue("Content-Type")
                            .filter(type -> type.toLowerCase(Locale.ROOT).matches("[^;]*[/+]json\\s*(;.*)?"))
                            .isPresent();
            return new HttpReply(
                    response.statusCode(),
                    headers(response.headers()),
                    json ? parsed(text) : TextNode.valueOf(text),
                    cut);
        }
    }

    private static JsonNode parsed(String text) {
        try {
            JsonNode tree = Json.mapper().readTree(text);
            return tree.isMissingNode() ? TextNode.valueOf(text) : tree;
        } catch (IOException _) {
            // It said JSON and is none: the text is what there is.
            return TextNode.valueOf(text);
        }
    }

    private static ObjectNode headers(HttpHeaders headers) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, List<String>> header : headers.map().entrySet()) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (!name.startsWith(":") && !name.equals("set-cookie")) {
                json.put(name, String.join(", ", header.getValue()));
            }
        }
        return json;
    }

    static HttpReply ofJson(JsonNode saved) {
        return new HttpReply(
                saved.path("status").intValue(),
                saved.path("headers"),
                saved.path("body"),
                saved.path("cut").asBoolean());
    }

    Map<String, JsonNode> outputs() {
        return Map.of(
                "status", IntNode.valueOf(status), "headers", headers, "body", body, "cut", BooleanNode.valueOf(cut));
    }

    JsonNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.setAll(outputs());
        return json;
    }
}
