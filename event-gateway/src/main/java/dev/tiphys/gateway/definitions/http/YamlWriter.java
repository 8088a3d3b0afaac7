package dev.tiphys.gateway.definitions.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.Json;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.MessageBodyWriter;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** Writes definitions as YAML, one document for each, ready to be applied again. */
@Provider
@Produces({YamlWriter.YAML, YamlWriter.TEXT_YAML})
final class YamlWriter implements MessageBodyWriter<Object> {
    static final String YAML = "application/yaml";
    static final String TEXT_YAML = "text/yaml";

    private static final DumpSettings SETTINGS = DumpSettings.builder()
            .setDefaultFlowStyle(FlowStyle.BLOCK)
            .setExplicitStart(true)
            .build();

    @Override
    public boolean isWriteable(Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
        return JsonNode.class.isAssignableFrom(type) || type == DefinitionsResource.Documents.class;
    }

    @Override
    public void writeTo(
            Object entity,
            Class<?> type,
            Type genericType,
            Annotation[] annotations,
            MediaType mediaType,
            MultivaluedMap<String, Object> headers,
            OutputStream out)
            throws IOException {
        List<JsonNode> documents =
                entity instanceof DefinitionsResource.Documents(var items) ? items : List.of((JsonNode) entity);
        Dump dump = new Dump(SETTINGS);
        for (JsonNode document : documents) {
            Map<?, ?> map = Json.mapper().convertValue(document, Map.class);
            out.write(dump.dumpToString(map).getBytes(UTF_8));
        }
    }
}
