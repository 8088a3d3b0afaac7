package dev.tiphys.syncer.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What makes a document a manifest. Pure. */
final class ManifestRules {
    private static final Pattern API_VERSION = Pattern.compile("([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[a-z0-9]+");
    private static final Pattern KIND = Pattern.compile("[A-Za-z][A-Za-z0-9]*");
    private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?");

    /** Collects what a file holds. */
    static final class Findings {
        private final String file;
        private final List<Manifest> manifests = new ArrayList<>();
        private final List<ManifestProblem> problems = new ArrayList<>();

        private Findings(String file) {
            this.file = file;
        }

        List<Manifest> manifests() {
            return manifests;
        }

        List<ManifestProblem> problems() {
            return problems;
        }

        private void problem(int line, String message) {
            problems.add(new ManifestProblem(file, line, 0, message));
        }
    }

    private ManifestRules() {}

    /** Whether a document means to be a Kubernetes object, rightly or not. */
    static boolean looksLikeManifest(JsonNode tree) {
        return tree.has("apiVersion") || tree.has("kind") || tree.has("metadata");
    }

    static Findings read(String file, List<ManifestParser.Document> documents) {
        Findings findings = new Findings(file);
        for (ManifestParser.Document document : documents) {
            if (document.tree() instanceof ObjectNode tree) {
                readDocument(tree, document, findings);
            } else {
                findings.problem(
                        document.line(), "the document is not an object: a manifest has apiVersion, kind and metadata");
            }
        }
        return findings;
    }

    private static void readDocument(ObjectNode tree, ManifestParser.Document document, Findings findings) {
        String kind = tree.path("kind").asText("");
        if (!kind.endsWith("List") || !(tree.get("items") instanceof ArrayNode items)) {
            readObject(tree, document.line(), "", findings);
            return;
        }
        String itemKind = kind.substring(0, kind.length() - "List".length());
        for (int at = 0; at < items.size(); at++) {
            int line = at < document.itemLines().size() ? document.itemLines().get(at) : document.line();
            if (items.get(at) instanceof ObjectNode item) {
                readObject(withKind(item, itemKind, tree.path("apiVersion")), line, "items[" + at + "] ", findings);
            } else {
                findings.problem(line, "items[" + at + "] of " + kind + " is not an object");
            }
        }
    }

    /** Items of a typed list, as {@code kubectl get -o yaml} of old writes them, leave out what the list says. */
    private static ObjectNode withKind(ObjectNode item, String itemKind, JsonNode apiVersion) {
        if (itemKind.isEmpty() || (item.has("kind") && item.has("apiVersion"))) {
            return item;
        }
        ObjectNode complete = item.objectNode();
        complete.set("apiVersion", item.path("apiVersion").isMissingNode() ? apiVersion : item.get("apiVersion"));
        complete.set("kind", item.path("kind").isMissingNode() ? item.textNode(itemKind) : item.get("kind"));
        complete.setAll(item);
        return complete;
    }

    private static void readObject(ObjectNode tree, int line, String where, Findings findings) {
        int before = findings.problems.size();
        text(tree, "apiVersion", "for example apps/v1", API_VERSION, line, where, findings);
        text(tree, "kind", "for example Deployment", KIND, line, where, findings);
        JsonNode metadata = tree.path("metadata");
        if (metadata.isObject()) {
            readMetadata(tree, metadata, line, where, findings);
        } else {
            findings.problem(line, where + described(tree) + "has no metadata.name");
        }
        if (findings.problems.size() == before) {
            findings.manifests.add(new Manifest(ObjectRef.of(tree), tree, findings.file, line));
        }
    }

    private static void readMetadata(ObjectNode tree, JsonNode metadata, int line, String where, Findings findings) {
        JsonNode name = metadata.path("name");
        if (!name.isTextual() || name.asText().isEmpty()) {
            String why = name.isNumber() || name.isBoolean()
                    ? "metadata.name must be text: write it in quotes"
                    : metadata.has("generateName")
                            ? "metadata.generateName is for hooks, which are not run yet: give it a metadata.name"
                            : "has no metadata.name";
            findings.problem(line, where + described(tree) + why);
        } else if (!isPathSegment(name.asText())) {
            findings.problem(line, where + described(tree) + "metadata.name may hold no / and no %");
        }
        JsonNode namespace = metadata.path("namespace");
        if (!namespace.isMissingNode()
                && !namespace.isNull()
                && !namespace.asText().isEmpty()
                && !(namespace.isTextual()
                        && NAMESPACE.matcher(namespace.asText()).matches())) {
            findings.problem(line, where + described(tree) + "metadata.namespace is not the name of a namespace");
        }
        texts(tree, metadata, "labels", line, where, findings);
        texts(tree, metadata, "annotations", line, where, findings);
    }

    private static void text(
            ObjectNode tree, String field, String example, Pattern pattern, int line, String where, Findings findings) {
        JsonNode value = tree.path(field);
        if (value.isMissingNode()
                || value.isNull()
                || (value.isTextual() && value.asText().isEmpty())) {
            findings.problem(line, where + described(tree) + "has no " + field + ", " + example);
        } else if (!value.isTextual() || !pattern.matcher(value.asText()).matches()) {
            findings.problem(line, where + described(tree) + field + " is not one, " + example);
        }
    }

    private static void texts(
            ObjectNode tree, JsonNode metadata, String field, int line, String where, Findings findings) {
        JsonNode map = metadata.path(field);
        if (map.isMissingNode() || map.isNull()) {
            return;
        }
        if (!map.isObject()) {
            findings.problem(line, where + described(tree) + "metadata." + field + " must hold names with texts");
            return;
        }
        for (Map.Entry<String, JsonNode> entry : map.properties()) {
            if (!entry.getValue().isTextual() && !entry.getValue().isNull()) {
                findings.problem(
                        line,
                        where + described(tree) + "metadata." + field + "." + entry.getKey()
                                + " must be text: write it in quotes");
            }
        }
    }

    /** A name becomes a part of a URL's path; these would lead elsewhere. */
    private static boolean isPathSegment(String name) {
        return !".".equals(name) && !"..".equals(name) && name.indexOf('/') < 0 && name.indexOf('%') < 0;
    }

    private static String described(ObjectNode tree) {
        String kind = tree.path("kind").asText("");
        String name = tree.path("metadata").path("name").asText("");
        String text = (kind + " " + name).strip();
        return text.isEmpty() ? "the document " : text + ": ";
    }
}
