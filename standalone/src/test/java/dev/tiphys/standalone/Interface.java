package dev.tiphys.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The HTTP interface as one document, put together from what each service says of itself. */
final class Interface {
    private static final Path FILE = Path.of(System.getProperty("tiphys.root", ".."), "docs/openapi.yaml");
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .build();

    /** One thing that can be asked. */
    record Route(String method, String path, JsonNode operation) {
        String text() {
            return method + " " + path;
        }
    }

    private Interface() {}

    /** {@return the document that is kept with the sources} */
    static JsonNode kept() throws IOException {
        return YAML.readTree(FILE.toFile());
    }

    static Path file() {
        return FILE;
    }

    static void write(JsonNode document, Path file) throws IOException {
        YAML.writeValue(file.toFile(), document);
    }

    /** @throws IllegalStateException if two services describe one address, or two things of one name */
    static JsonNode merged(Collection<JsonNode> documents) {
        ObjectNode merged = YAML.createObjectNode();
        Map<String, JsonNode> paths = new TreeMap<>();
        Map<String, JsonNode> schemas = new TreeMap<>();
        for (JsonNode document : documents) {
            document.path("paths").properties().forEach(path -> put(paths, path));
            document.at("/components/schemas").properties().forEach(schema -> put(schemas, schema));
            merged.set("openapi", document.path("openapi"));
            merged.set("info", document.path("info"));
        }
        merged.putObject("paths").setAll(paths);
        ObjectNode components = merged.putObject("components");
        components.putObject("schemas").setAll(schemas);
        components.set("responses", documents.iterator().next().at("/components/responses"));
        components.set("securitySchemes", documents.iterator().next().at("/components/securitySchemes"));
        return merged;
    }

    private static void put(Map<String, JsonNode> all, Map.Entry<String, JsonNode> one) {
        JsonNode before = all.putIfAbsent(one.getKey(), one.getValue());
        if (before != null && !before.equals(one.getValue())) {
            throw new IllegalStateException(
                    "two services describe " + one.getKey() + ": " + before + "\n" + one.getValue());
        }
    }

    static List<Route> routes(JsonNode document) {
        List<Route> routes = new ArrayList<>();
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().stream()
                        .filter(operation -> !operation.getKey().equals("parameters"))
                        .forEach(operation -> routes.add(new Route(
                                operation.getKey().toUpperCase(java.util.Locale.ROOT),
                                path.getKey(),
                                operation.getValue()))));
        return routes;
    }
}
