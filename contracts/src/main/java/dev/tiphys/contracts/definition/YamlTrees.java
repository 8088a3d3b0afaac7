package dev.tiphys.contracts.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Makes JSON trees of YAML, with the place of every part. Bounded: a text that would cost much more than its size is refused.
 * Messages never repeat the text itself, which may hold what nobody should see.
 */
final class YamlTrees {
    static final int MAX_CHARACTERS = 3 * 1024 * 1024;
    static final int MAX_DEPTH = 50;
    static final int MAX_ALIASES = 50;

    /** Aliases multiply: this bounds what they may come to, over all documents of a text. */
    static final int MAX_NODES = 500_000;

    private static final int MAX_DIGITS = 100;

    /** One document. */
    record Tree(JsonNode root, Places places) {}

    private final @Nullable String file;
    private final List<Tree> trees = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();
    private int nodes;

    private YamlTrees(@Nullable String file) {
        this.file = file;
    }

    static YamlTrees of(@Nullable String file, String yaml) {
        YamlTrees result = new YamlTrees(file);
        result.compose(yaml);
        return result;
    }

    List<Tree> trees() {
        return List.copyOf(trees);
    }

    List<Finding> findings() {
        return List.copyOf(findings);
    }

    private void compose(String yaml) {
        if (yaml.length() > MAX_CHARACTERS) {
            error(
                    null,
                    "the text has " + yaml.length() + " characters; up to " + MAX_CHARACTERS
                            + " are read: split it into several");
            return;
        }
        LoadSettings settings = LoadSettings.builder()
                .setSchema(new CoreSchema())
                .setMaxAliasesForCollections(MAX_ALIASES)
                .setCodePointLimit(MAX_CHARACTERS)
                .build();
        try {
            String text = yaml.startsWith("\uFEFF") ? yaml.substring(1) : yaml;
            Parser parser = new BoundedParser(new ParserImpl(settings, new StreamReader(settings, text)));
            Composer composer = new Composer(settings, parser);
            while (composer.hasNext()) {
                convert(composer.next());
            }
        } catch (Refused e) {
            error(e.mark, e.reason);
        } catch (MarkedYamlEngineException e) {
            error(e.getProblemMark().or(e::getContextMark).orElse(null), "this is not YAML: " + sentence(e));
        } catch (YamlEngineException e) {
            error(null, "this is not YAML that is read here: " + firstLine(e));
        }
    }

    private static String sentence(MarkedYamlEngineException e) {
        String problem = e.getProblem() == null ? "it cannot be parsed" : e.getProblem();
        return e.getContext() == null ? problem : e.getContext() + ", " + problem;
    }

    private static String firstLine(YamlEngineException e) {
        return e.getMessage() == null
                ? "it cannot be parsed"
                : e.getMessage().lines().findFirst().orElse("");
    }

    private void convert(Node root) {
        Places places = Places.in(file);
        JsonNode tree = tree(root, "", places, Collections.newSetFromMap(new IdentityHashMap<>()), 0);
        if (!tree.isNull()) {
            trees.add(new Tree(tree, places));
        }
    }

    private JsonNode tree(Node node, String path, Places places, Set<Node> around, int depth) {
        if (++nodes > MAX_NODES) {
            throw new Refused(
                    node.getStartMark(), "with its aliases the text comes to more than " + MAX_NODES + " values");
        }
        if (depth > MAX_DEPTH) {
            throw new Refused(node.getStartMark(), "more than " + MAX_DEPTH + " levels of nesting");
        }
        node.getStartMark().ifPresent(mark -> places.value(path, mark.getLine() + 1, mark.getColumn() + 1));
        if (node instanceof ScalarNode scalar) {
            return scalar(scalar);
        }
        if (!around.add(node)) {
            throw new Refused(node.getStartMark(), "an alias stands inside of what it names");
        }
        JsonNode result = node instanceof SequenceNode sequence
                ? sequence(sequence, path, places, around, depth)
                : mapping((MappingNode) node, path, places, around, depth);
        around.remove(node);
        return result;
    }

    private ArrayNode sequence(SequenceNode node, String path, Places places, Set<Node> around, int depth) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (Node item : node.getValue()) {
            array.add(tree(item, Places.item(path, array.size()), places, around, depth + 1));
        }
        return array;
    }

    private ObjectNode mapping(MappingNode node, String path, Places places, Set<Node> around, int depth) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (NodeTuple tuple : node.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                throw new Refused(tuple.getKeyNode().getStartMark(), "the name of a field must be a plain text");
            }
            String name = key.getValue();
            String inner = Places.field(path, name);
            if (object.has(name)) {
                throw new Refused(key.getStartMark(), "the field \"" + name + "\" stands twice in one mapping");
            }
            key.getStartMark().ifPresent(mark -> places.key(inner, mark.getLine() + 1, mark.getColumn() + 1));
            object.set(name, tree(tuple.getValueNode(), inner, places, around, depth + 1));
        }
        return object;
    }

    private static JsonNode scalar(ScalarNode node) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        String text = node.getValue();
        Tag tag = node.getTag();
        if (tag.equals(Tag.NULL)) {
            return json.nullNode();
        }
        if (tag.equals(Tag.BOOL)) {
            return json.booleanNode(Boolean.parseBoolean(text));
        }
        if (tag.equals(Tag.INT) || tag.equals(Tag.FLOAT)) {
            return number(node, text, tag);
        }
        if (!tag.equals(Tag.STR)) {
            throw new Refused(
                    node.getStartMark(), "the tag " + tag.getValue() + " is not read here: write a plain value");
        }
        return json.textNode(text);
    }

    private static JsonNode number(ScalarNode node, String text, Tag tag) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        if (text.length() > MAX_DIGITS) {
            throw new Refused(node.getStartMark(), "a number of more than " + MAX_DIGITS + " signs");
        }
        try {
            if (tag.equals(Tag.INT)) {
                BigInteger value = integer(text);
                // The narrowest type, as JSON's own parser takes it: trees are then equal whatever they were read from.
                if (value.bitLength() < Integer.SIZE) {
                    return json.numberNode(value.intValue());
                }
                return value.bitLength() < Long.SIZE ? json.numberNode(value.longValue()) : json.numberNode(value);
            }
            double value = Double.parseDouble(text);
            if (Double.isFinite(value)) {
                return json.numberNode(value);
            }
        } catch (NumberFormatException e) {
            // Reported below: YAML's .inf and .nan come here, too.
        }
        throw new Refused(node.getStartMark(), "a number that JSON cannot hold: put it in quotes if it is a text");
    }

    private static BigInteger integer(String text) {
        if (text.startsWith("0x")) {
            return new BigInteger(text.substring(2), 16);
        }
        if (text.startsWith("0o")) {
            return new BigInteger(text.substring(2), 8);
        }
        return new BigInteger(text);
    }

    private void error(@Nullable Mark mark, String message) {
        int line = mark == null ? 0 : mark.getLine() + 1;
        int column = mark == null ? 0 : mark.getColumn() + 1;
        findings.add(new Finding(Finding.Severity.ERROR, file, line, column, "", message));
    }

    /** The text is well-formed and still not read. */
    private static final class Refused extends RuntimeException {
        private final transient @Nullable Mark mark;
        private final String reason;

        private Refused(Optional<Mark> mark, String reason) {
            super(reason);
            this.mark = mark.orElse(null);
            this.reason = reason;
        }
    }

    /** Stops at the depth that the composer, which recurs, can bear. */
    private static final class BoundedParser implements Parser {
        private final Parser parser;
        private int depth;

        private BoundedParser(Parser parser) {
            this.parser = parser;
        }

        @Override
        public boolean checkEvent(Event.ID choice) {
            return parser.checkEvent(choice);
        }

        @Override
        public Event peekEvent() {
            return parser.peekEvent();
        }

        @Override
        public boolean hasNext() {
            return parser.hasNext();
        }

        @Override
        public Event next() {
            Event event = parser.next();
            Event.ID id = event.getEventId();
            if (id == Event.ID.MappingStart || id == Event.ID.SequenceStart) {
                depth++;
            }
            if (id == Event.ID.MappingEnd || id == Event.ID.SequenceEnd) {
                depth--;
            }
            if (depth > MAX_DEPTH) {
                throw new Refused(event.getStartMark(), "more than " + MAX_DEPTH + " levels of nesting");
            }
            return event;
        }
    }
}
