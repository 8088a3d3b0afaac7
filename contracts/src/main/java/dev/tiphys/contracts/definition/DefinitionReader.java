package dev.tiphys.contracts.definition;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads definitions: YAML from people with places in every finding, and stored documents from the log. */
public final class DefinitionReader {
    /** The group of Tiphys' own kinds. */
    public static final String TIPHYS = "tiphys.dev/v1";

    /** The group of Argo's kinds. */
    public static final String ARGO = "argoproj.io/v1alpha1";

    private static final Map<String, Form> TIPHYS_KINDS = new LinkedHashMap<>();
    private static final Map<String, Form> ARGO_KINDS = new LinkedHashMap<>();
    private static final Set<String> KEPT_ARGO_KINDS = Set.of(
            "AppProject",
            "ApplicationSet",
            "Workflow",
            "WorkflowTemplate",
            "ClusterWorkflowTemplate",
            "CronWorkflow",
            "WorkflowEventBinding",
            "Sensor",
            "EventBus");

    static {
        TIPHYS_KINDS.put("Repository", RepositoryForm::repository);
        TIPHYS_KINDS.put("Source", SourceForm::source);
        TIPHYS_KINDS.put("Queue", QueueForm::queue);
        TIPHYS_KINDS.put("JenkinsServer", TiphysKinds::jenkins);
        TIPHYS_KINDS.put("SlackWorkspace", TiphysKinds::slack);
        TIPHYS_KINDS.put("Pipeline", PipelineForm::pipeline);
        ARGO_KINDS.put("Application", ArgoApplication::application);
        ARGO_KINDS.put("EventSource", EventSourceForm::eventSource);
    }

    private DefinitionReader() {}

    /**
     * One document of a file.
     *
     * @param stored the document as it is stored; null if it names no kind and name
     * @param definition the typed definition; null if a finding of it is an error, or its kind is only kept
     * @param places where its parts stand, for findings of those who check more than the reader does
     */
    public record Document(
            @Nullable StoredDefinition stored, @Nullable Definition definition, Places places) {}

    /** What a text held. It is acceptable if no finding is an error. */
    public record Reading(List<Document> documents, List<Finding> findings) {
        public Reading {
            documents = List.copyOf(documents);
            findings = List.copyOf(findings);
        }

        /** {@return whether no finding is an error} */
        public boolean acceptable() {
            return findings.stream().noneMatch(finding -> finding.severity() == Finding.Severity.ERROR);
        }
    }

    /** Makes a definition of a kind's {@code spec}; null if something is wrong, which is reported. */
    private interface Form {
        @Nullable
        Definition read(DefinitionKey key, Fields spec);
    }

    /**
     * Reads YAML, or JSON, with any number of documents. Never throws for what the text contains.
     *
     * @param file the name for findings; null if it did not come from a file
     */
    public static Reading read(@Nullable String file, String yaml) {
        YamlTrees text = YamlTrees.of(file, yaml);
        List<Finding> findings = new ArrayList<>(text.findings());
        List<Document> documents = new ArrayList<>();
        for (YamlTrees.Tree tree : text.trees()) {
            Inspection inspection = new Inspection(tree.places());
            documents.add(document(tree.root(), tree.places(), inspection));
            findings.addAll(inspection.findings());
        }
        findings.addAll(twins(documents));
        return new Reading(documents, findings);
    }

    /**
     * Reads a stored document. Never throws for what it contains.
     *
     * @return a reading with one document
     */
    public static Reading read(StoredDefinition stored) {
        Places places = Places.in(null);
        Inspection inspection = new Inspection(places);
        Document document = document(stored.document(), places, inspection);
        return new Reading(List.of(new Document(stored, document.definition(), places)), inspection.findings());
    }

    private static Document document(JsonNode root, Places places, Inspection inspection) {
        Document unnamed = new Document(null, null, places);
        Fields document = Fields.of(root, "", inspection);
        if (!root.isObject()) {
            return unnamed;
        }
        String group = document.text("apiVersion");
        String kind = document.text("kind");
        boolean kept = group.equals(ARGO) && KEPT_ARGO_KINDS.contains(kind);
        Form form = form(group, kind);
        if (form == null && !kept) {
            if (!inspection.failed()) {
                unknown(group, kind, inspection);
            }
            return unnamed;
        }
        DefinitionKey key = metadata(kind, document.mapping("metadata"));
        if (key == null) {
            return unnamed;
        }
        StoredDefinition stored = new StoredDefinition(kind, key.namespace(), key.name(), root);
        document.free("status");
        if (form == null) {
            inspection.warning("kind", kind + " is kept and not acted upon yet");
            return new Document(stored, null, places);
        }
        Definition definition = form.read(key, document.mapping("spec"));
        if (kind.equals("Application")) {
            document.passedOver("operation", "a sync is asked for by a pipeline or by the API");
        }
        document.end();
        return new Document(stored, inspection.failed() ? null : definition, places);
    }

    private static @Nullable Form form(String group, String kind) {
        if (group.equals(TIPHYS)) {
            return TIPHYS_KINDS.get(kind);
        }
        return group.equals(ARGO) ? ARGO_KINDS.get(kind) : null;
    }

    private static void unknown(String group, String kind, Inspection inspection) {
        List<String> argo = new ArrayList<>(KEPT_ARGO_KINDS.stream().sorted().toList());
        argo.addAll(0, ARGO_KINDS.keySet());
        if (group.equals(TIPHYS) || group.equals(ARGO)) {
            Collection<String> own = group.equals(TIPHYS) ? TIPHYS_KINDS.keySet() : argo;
            Collection<String> other = group.equals(TIPHYS) ? argo : TIPHYS_KINDS.keySet();
            String elsewhere = other.contains(kind)
                    ? "; it is of " + (group.equals(TIPHYS) ? ARGO : TIPHYS)
                    : Suggestion.text(kind, own);
            inspection.error(
                    "kind", "expected a kind of " + group + ": " + Fields.either(own) + ", met another" + elsewhere);
            return;
        }
        inspection.error(
                "apiVersion",
                "expected " + TIPHYS + " (" + Fields.either(TIPHYS_KINDS.keySet()) + ") or " + ARGO
                        + " (" + String.join(", ", ARGO_KINDS.keySet()) + " and others of Argo), met another"
                        + Suggestion.text(group, List.of(TIPHYS, ARGO)));
    }

    private static @Nullable DefinitionKey metadata(String kind, Fields metadata) {
        String form = "small letters, digits, - and .";
        String name = metadata.text("name", Syntax.NAME, form);
        String namespace = metadata.has("namespace")
                ? metadata.text("namespace", Syntax.NAME, form)
                : DefinitionKey.DEFAULT_NAMESPACE;
        metadata.textMap("labels");
        metadata.textMap("annotations");
        metadata.free("finalizers", "creationTimestamp", "generation", "managedFields", "ownerReferences");
        metadata.free("resourceVersion", "selfLink", "uid", "generateName");
        metadata.end();
        boolean named = Syntax.NAME.matcher(name).matches()
                && Syntax.NAME.matcher(namespace).matches();
        return named ? new DefinitionKey(kind, namespace, name) : null;
    }

    private static List<Finding> twins(List<Document> documents) {
        List<Finding> findings = new ArrayList<>();
        Map<String, StoredDefinition> seen = new LinkedHashMap<>();
        for (Document document : documents) {
            StoredDefinition stored = document.stored();
            if (stored != null && seen.putIfAbsent(stored.kind() + "/" + stored.name(), stored) != null) {
                findings.add(document.places()
                        .finding(
                                Finding.Severity.ERROR,
                                "metadata.name",
                                "another " + stored.kind() + " of the same text has the name \"" + stored.name()
                                        + "\""));
            }
        }
        return findings;
    }
}
