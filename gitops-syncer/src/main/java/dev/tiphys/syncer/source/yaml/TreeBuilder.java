package dev.tiphys.syncer.source.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.syncer.source.ManifestParser.Document;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;

/**
 * Builds JSON trees from the events of a YAML stream. It counts as it builds, so that a small file cannot become a large
 * tree: depth, aliases, and nodes with everything that aliases stand for.
 */
final class TreeBuilder {
    private static final int MAX_DEPTH = 50;
    private static final int MAX_ALIASES = 50;
    private static final int MAX_NODES = 500_000;
    private static final String MERGE = "<<";
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** Something in the text that is not allowed; the event tells where. */
    static final class Refused extends Exception {
        private final transient Event event;

        Refused(Event event, String message) {
            super(message);
            this.event = event;
        }

        Event event() {
            return event;
        }
    }

    private record Anchored(JsonNode tree, int nodes) {}

    private final Iterator<Event> events;
    private final Map<String, Anchored> anchors = new HashMap<>();
    private final Set<String> openAnchors = new HashSet<>();
    private List<Integer> itemLines = List.of();
    private int aliases;
    private int nodes;

    TreeBuilder(Iterator<Event> events) {
        this.events = events;
    }

    /** Reads the rest of a document whose start was just read. */
    Document document() throws Refused {
        anchors.clear();
        openAnchors.clear();
        itemLines = List.of();
        aliases = 0;
        nodes = 0;
        Event first = events.next();
        JsonNode tree = node(first, 0);
        return new Document(tree, line(first), itemLines);
    }

    static int line(Event event) {
        return event.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }

    private JsonNode node(Event event, int depth) throws Refused {
        if (depth > MAX_DEPTH) {
            throw new Refused(event, "nested more than " + MAX_DEPTH + " levels deep");
        }
        if (event instanceof AliasEvent alias) {
            return aliased(alias);
        }
        String anchor = ((NodeEvent) event).getAnchor().map(Object::toString).orElse("");
        if (!anchor.isEmpty()) {
            openAnchors.add(anchor);
        }
        int before = nodes;
        count(event, 1);
        JsonNode tree = content(event, depth);
        if (!anchor.isEmpty()) {
            openAnchors.remove(anchor);
            anchors.put(anchor, new Anchored(tree, nodes - before));
        }
        return tree;
    }

    private JsonNode content(Event event, int depth) throws Refused {
        if (event instanceof ScalarEvent scalar) {
            return scalar(scalar);
        }
        return event instanceof SequenceStartEvent ? sequence(depth) : mapping(depth);
    }

    private JsonNode aliased(AliasEvent alias) throws Refused {
        if (++aliases > MAX_ALIASES) {
            throw new Refused(alias, "more than " + MAX_ALIASES + " aliases in one document");
        }
        String name = alias.getAlias().toString();
        if (openAnchors.contains(name)) {
            throw new Refused(alias, "the alias *" + name + " stands inside of what it stands for");
        }
        Anchored anchored = anchors.get(name);
        if (anchored == null) {
            throw new Refused(alias, "there is no anchor &" + name + " before this alias");
        }
        count(alias, anchored.nodes());
        return anchored.tree();
    }

    private void count(Event event, int more) throws Refused {
        nodes += more;
        if (nodes > MAX_NODES) {
            throw new Refused(event, "more than " + MAX_NODES + " values in one document");
        }
    }

    private static JsonNode scalar(ScalarEvent scalar) throws Refused {
        String tag = scalar.getTag().orElse("");
        if ("tag:yaml.org,2002:binary".equals(tag)) {
            throw new Refused(scalar, "!!binary has no place in a manifest: write base64 as text");
        }
        if ((!scalar.isPlain() && (tag.isEmpty() || "!".equals(tag))) || "tag:yaml.org,2002:str".equals(tag)) {
            return NODES.textNode(scalar.getValue());
        }
        return Scalars.plain(scalar.getValue())
                .orElseThrow(() -> new Refused(scalar, scalar.getValue() + " is no number that JSON has"));
    }

    private ArrayNode sequence(int depth) throws Refused {
        ArrayNode array = NODES.arrayNode();
        List<Integer> lines = new ArrayList<>();
        for (Event event = events.next(); event.getEventId() != Event.ID.SequenceEnd; event = events.next()) {
            lines.add(line(event));
            array.add(node(event, depth + 1));
        }
        // the latest sequence directly below the root; mapping() asks for it right after the value of items
        if (depth == 1) {
            itemLines = lines;
        }
        return array;
    }

    private ObjectNode mapping(int depth) throws Refused {
        ObjectNode object = NODES.objectNode();
        List<JsonNode> merged = new ArrayList<>();
        List<Integer> lines = List.of();
        for (Event event = events.next(); event.getEventId() != Event.ID.MappingEnd; event = events.next()) {
            String key = key(event);
            Event valueEvent = events.next();
            JsonNode value = node(valueEvent, depth + 1);
            if (MERGE.equals(key) && ((ScalarEvent) event).isPlain()) {
                merged.add(value);
                requireMergeable(valueEvent, value);
            } else if (object.has(key)) {
                throw new Refused(event, "the key " + key + " is there twice");
            } else {
                object.set(key, value);
            }
            if (depth == 0 && "items".equals(key)) {
                lines = itemLines;
            }
        }
        if (depth == 0) {
            itemLines = lines;
        }
        for (JsonNode source : merged) {
            merge(source, object);
        }
        return object;
    }

    private static String key(Event event) throws Refused {
        if (!(event instanceof ScalarEvent scalar)) {
            throw new Refused(event, "a key must be a text");
        }
        if (!scalar.isPlain()) {
            return scalar.getValue();
        }
        JsonNode value = scalar(scalar);
        if (value.isNull()) {
            throw new Refused(event, "a key must be a text, not null");
        }
        return value.asText();
    }

    private static void requireMergeable(Event event, JsonNode value) throws Refused {
        boolean mergeable =
                value.isObject() || (value.isArray() && value.valueStream().allMatch(JsonNode::isObject));
        if (!mergeable) {
            throw new Refused(event, "<< takes an object or a list of objects");
        }
    }

    private void merge(JsonNode source, ObjectNode into) {
        if (source.isArray()) {
            source.forEach(each -> merge(each, into));
            return;
        }
        source.properties().forEach(entry -> {
            if (!into.has(entry.getKey())) {
                into.set(entry.getKey(), entry.getValue());
            }
        });
    }
}
