package dev.tiphys.gateway.definitions;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.contracts.definition.Definition;
import dev.tiphys.contracts.definition.DefinitionChecks;
import dev.tiphys.contracts.definition.DefinitionKey;
import dev.tiphys.contracts.definition.DefinitionReader;
import dev.tiphys.contracts.definition.DefinitionReader.Document;
import dev.tiphys.contracts.definition.DefinitionReader.Reading;
import dev.tiphys.contracts.definition.EventSource;
import dev.tiphys.contracts.definition.Finding;
import dev.tiphys.contracts.definition.Pipeline;
import dev.tiphys.contracts.definition.Places;
import dev.tiphys.contracts.definition.Queue;
import dev.tiphys.contracts.definition.StoredDefinition;
import dev.tiphys.platform.expression.Outlines;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Works out what readings do to the definitions that are there, or why they may do nothing. Pure. */
public final class DefinitionPlan {
    /** The annotation that says where a definition is kept by a set of files, which also deletes it. */
    public static final String FROM = "tiphys.dev/from";

    private final Map<DefinitionKey, StoredDefinition> current = new LinkedHashMap<>();
    private final Map<DefinitionKey, Document> given = new LinkedHashMap<>();
    private final List<Finding> findings = new ArrayList<>();
    private final ExpressionCheck expressions;
    private final Outlines outlines;
    private final @Nullable FileSet from;

    /** What came of it. */
    public sealed interface Outcome {
        /** It may be done. */
        record Possible(DefinitionChange change) implements Outcome {}

        /** It may not: at least one of the findings is an error. */
        record Refused(List<Finding> findings) implements Outcome {
            public Refused {
                findings = List.copyOf(findings);
            }
        }
    }

    private DefinitionPlan(
            List<StoredDefinition> current, @Nullable FileSet from, ExpressionSyntax syntax, Outlines outlines) {
        current.forEach(stored -> this.current.put(stored.key(), stored));
        this.from = from;
        this.expressions = new ExpressionCheck(syntax);
        this.outlines = outlines;
    }

    /**
     * {@return what the readings do}
     *
     * @param from the set of files that the readings are from; null if they are not of a set, and nothing is deleted
     */
    public static Outcome plan(
            List<StoredDefinition> current,
            List<Reading> readings,
            @Nullable FileSet from,
            ExpressionSyntax syntax,
            Outlines outlines) {
        DefinitionPlan plan = new DefinitionPlan(current, from, syntax, outlines);
        readings.forEach(plan::add);
        return plan.outcome();
    }

    private void add(Reading reading) {
        findings.addAll(reading.findings());
        for (Document document : reading.documents()) {
            StoredDefinition stored = document.stored();
            if (stored == null) {
                continue;
            }
            DefinitionKey key = stored.key();
            Optional<DefinitionKey> twin = given.keySet().stream()
                    .filter(other ->
                            other.kind().equals(key.kind()) && other.name().equals(key.name()))
                    .findFirst();
            if (twin.isPresent()) {
                error(document.places(), "metadata.name", "another file has a " + key.kind() + " of this name, too");
                continue;
            }
            given.put(key, document);
            if (document.definition() instanceof Pipeline pipeline) {
                findings.addAll(expressions.findings(stored.document(), document.places()));
                findings.addAll(
                        ScopeCheck.findings(pipeline, stored.document().path("spec"), document.places(), outlines));
            }
            if (document.definition() instanceof Queue queue) {
                findings.addAll(expressions.keyFindings(queue, document.places()));
            }
            if (document.definition() instanceof EventSource source) {
                findings.addAll(expressions.filterFindings(source, document.places()));
            }
        }
    }

    private Outcome outcome() {
        List<DefinitionKey> deleted = current.values().stream()
                .filter(stored -> from != null && from.whole() && from.name().equals(origin(stored.document())))
                .map(StoredDefinition::key)
                .filter(key -> !given.containsKey(key))
                .toList();
        oneNamespace(deleted);
        cross(deleted);
        if (findings.stream().anyMatch(finding -> finding.severity() == Finding.Severity.ERROR)) {
            return new Outcome.Refused(findings);
        }
        List<StoredDefinition> created = new ArrayList<>();
        List<StoredDefinition> updated = new ArrayList<>();
        List<StoredDefinition> unchanged = new ArrayList<>();
        for (Document document : given.values()) {
            StoredDefinition next = marked(document);
            StoredDefinition before = current.get(next.key());
            if (before == null) {
                created.add(next);
            } else if (before.document().equals(next.document())) {
                unchanged.add(next);
            } else {
                updated.add(next);
            }
        }
        return new Outcome.Possible(new DefinitionChange(created, updated, unchanged, deleted, findings));
    }

    /** The kinds that are only kept are not known to the checks of definitions against each other. */
    private void oneNamespace(List<DefinitionKey> deleted) {
        given.forEach((key, document) -> current.keySet().stream()
                .filter(_ -> document.definition() == null)
                .filter(other -> other.kind().equals(key.kind())
                        && other.name().equals(key.name())
                        && !other.equals(key)
                        && !deleted.contains(other))
                .forEach(other -> error(
                        document.places(),
                        "metadata",
                        "a " + key.kind() + " of this name is there already, in namespace " + other.namespace()
                                + ": others name it without a namespace; delete that one first")));
    }

    /** Reports what would be wrong between definitions afterwards and is about these, or was not wrong before. */
    private void cross(List<DefinitionKey> deleted) {
        Map<DefinitionKey, Definition> before = new LinkedHashMap<>();
        current.values().forEach(stored -> typed(stored).ifPresent(typed -> before.put(stored.key(), typed)));
        Map<DefinitionKey, Definition> after = new LinkedHashMap<>(before);
        deleted.forEach(after::remove);
        given.forEach((key, document) -> {
            after.remove(key);
            Definition definition = document.definition();
            if (definition != null) {
                after.put(key, definition);
            }
        });
        Set<DefinitionChecks.About> known = new HashSet<>(DefinitionChecks.crossByKey(before.values()));
        for (DefinitionChecks.About about : DefinitionChecks.crossByKey(after.values())) {
            Finding finding = about.finding();
            Document document = given.get(about.key());
            if (document != null) {
                findings.add(document.places().finding(finding.severity(), finding.path(), finding.message()));
            } else if (!known.contains(about)) {
                findings.add(new Finding(
                        finding.severity(),
                        null,
                        0,
                        0,
                        finding.path(),
                        about.key().kind() + " " + about.key().name() + ": " + finding.message()));
            }
        }
    }

    private static Optional<Definition> typed(StoredDefinition stored) {
        return DefinitionReader.read(stored).documents().stream()
                .flatMap(document -> Optional.ofNullable(document.definition()).stream())
                .findFirst();
    }

    private StoredDefinition marked(Document document) {
        StoredDefinition stored = Objects.requireNonNull(document.stored());
        if (from == null) {
            return stored;
        }
        ObjectNode copy = stored.document().deepCopy();
        ((ObjectNode) copy.path("metadata")).withObjectProperty("annotations").put(FROM, from.name());
        return new StoredDefinition(stored.kind(), stored.namespace(), stored.name(), copy);
    }

    private static @Nullable String origin(JsonNode document) {
        JsonNode from = document.path("metadata").path("annotations").path(FROM);
        return from.isTextual() ? from.textValue() : null;
    }

    private void error(Places places, String path, String message) {
        findings.add(places.finding(Finding.Severity.ERROR, path, message));
    }
}
