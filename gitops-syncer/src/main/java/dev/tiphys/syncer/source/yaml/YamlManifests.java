package dev.tiphys.syncer.source.yaml;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import dev.tiphys.contracts.Json;
import dev.tiphys.syncer.source.ManifestParser;
import dev.tiphys.syncer.source.ManifestProblem;
import dev.tiphys.syncer.source.SourceFile;
import jakarta.inject.Singleton;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.YamlUnicodeReader;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads files with any number of documents. */
@Singleton
final class YamlManifests implements ManifestParser {
    /** No manifest that an API server takes is larger: etcd's limit is 1.5 MB for an object. */
    private static final int MAX_CHARACTERS = 8 * 1024 * 1024;

    @Override
    public Parsed parse(SourceFile file) {
        return file.path().endsWith(".json") ? parseJson(file) : parseYaml(file);
    }

    private static Parsed parseYaml(SourceFile file) {
        List<Document> documents = new ArrayList<>();
        try {
            Parse parse = new Parse(LoadSettings.builder()
                    .setLabel(file.path())
                    .setCodePointLimit(MAX_CHARACTERS)
                    .build());
            Iterator<Event> events = parse.parseString(text(file)).iterator();
            TreeBuilder trees = new TreeBuilder(events);
            while (events.hasNext()) {
                if (events.next().getEventId() == Event.ID.DocumentStart) {
                    Document document = trees.document();
                    if (!document.tree().isNull()) {
                        documents.add(document);
                    }
                }
            }
            return new Parsed(documents, List.of());
        } catch (TreeBuilder.Refused e) {
            return broken(file, e.event().getStartMark(), String.valueOf(e.getMessage()));
        } catch (MarkedYamlEngineException e) {
            Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
            return broken(file, mark, sentence(e));
        } catch (YamlEngineException e) {
            return broken(file, Optional.empty(), firstLine(e));
        } catch (IOException e) {
            return broken(file, Optional.empty(), "the file is not UTF-8 text");
        }
    }

    private static String text(SourceFile file) throws IOException {
        StringWriter text = new StringWriter(file.bytes().length);
        try (YamlUnicodeReader reader = new YamlUnicodeReader(new ByteArrayInputStream(file.bytes()))) {
            reader.transferTo(text);
        }
        return text.toString();
    }

    private static Parsed broken(SourceFile file, Optional<Mark> mark, String message) {
        int line = mark.map(m -> m.getLine() + 1).orElse(0);
        int column = mark.map(m -> m.getColumn() + 1).orElse(0);
        return new Parsed(List.of(), List.of(new ManifestProblem(file.path(), line, column, message)));
    }

    private static String sentence(MarkedYamlEngineException e) {
        String problem = e.getProblem() == null ? firstLine(e) : e.getProblem();
        return e.getContext() == null || e.getContext().isEmpty() ? problem : e.getContext() + ": " + problem;
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("the file is not YAML");
    }

    private static Parsed parseJson(SourceFile file) {
        List<Document> documents = new ArrayList<>();
        try (MappingIterator<JsonNode> values =
                Json.mapper().readerFor(JsonNode.class).readValues(file.bytes())) {
            while (values.hasNextValue()) {
                int line = Math.max(1, values.getCurrentLocation().getLineNr());
                JsonNode tree = values.nextValue();
                if (!tree.isNull()) {
                    documents.add(new Document(tree, line, List.of()));
                }
            }
            return new Parsed(documents, List.of());
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            return new Parsed(
                    List.of(),
                    List.of(new ManifestProblem(
                            file.path(),
                            at == null ? 0 : at.getLineNr(),
                            at == null ? 0 : at.getColumnNr(),
                            String.valueOf(e.getOriginalMessage())
                                    .lines()
                                    .findFirst()
                                    .orElse("the file is not JSON"))));
        } catch (IOException e) {
            return new Parsed(List.of(), List.of(new ManifestProblem(file.path(), 0, 0, "the file is not UTF-8 text")));
        }
    }
}
