package dev.tiphys.syncer.plan;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.syncer.source.Manifest;
import dev.tiphys.syncer.source.ManifestParser;
import dev.tiphys.syncer.source.ObjectRef;
import dev.tiphys.syncer.source.SourceFile;
import dev.tiphys.syncer.source.yaml.RealParser;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Objects for the tests of planning. */
final class Objects {
    static final PlanOptions OPTIONS =
            new PlanOptions("shop", "experiment", true, false, false, false, false, "tiphys");
    private static final Set<String> CLUSTER_KINDS =
            Set.of("Namespace", "ClusterRole", "CustomResourceDefinition", "StorageClass", "PersistentVolume");
    static final Scopes SCOPES = (group, kind) ->
            group.endsWith("example.com") ? Optional.empty() : Optional.of(!CLUSTER_KINDS.contains(kind));

    private Objects() {}

    static ObjectNode yaml(String text) {
        ManifestParser.Parsed parsed =
                RealParser.create().parse(new SourceFile("t.yaml", "t", text.getBytes(StandardCharsets.UTF_8)));
        if (!parsed.problems().isEmpty()) {
            throw new IllegalArgumentException(parsed.problems().getFirst().text());
        }
        return (ObjectNode) parsed.documents().getFirst().tree();
    }

    /** {@code Kind name}, with annotations as {@code key=value}. */
    static Manifest manifest(String kindAndName, String... annotations) {
        return manifest(object(kindAndName, annotations));
    }

    static Manifest manifest(ObjectNode tree) {
        return new Manifest(
                ObjectRef.of(tree), tree, "deploy/" + tree.path("kind").asText() + ".yaml", 1);
    }

    static ObjectNode object(String kindAndName, String... annotations) {
        String[] parts = kindAndName.split(" ", -1);
        String apiVersion = switch (parts[0]) {
            case "Deployment", "StatefulSet", "DaemonSet" -> "apps/v1";
            case "Job" -> "batch/v1";
            case "ClusterRole" -> "rbac.authorization.k8s.io/v1";
            case "CustomResourceDefinition" -> "apiextensions.k8s.io/v1";
            case "Widget", "NetworkPolicy" -> "example.com/v1";
            default -> "v1";
        };
        ObjectNode tree =
                yaml("apiVersion: " + apiVersion + "\nkind: " + parts[0] + "\nmetadata: {name: " + parts[1] + "}");
        ObjectNode metadata = (ObjectNode) tree.get("metadata");
        if (parts.length > 2) {
            metadata.put("namespace", parts[2]);
        }
        Arrays.stream(annotations)
                .forEach(annotation -> metadata.withObjectProperty("annotations")
                        .put(
                                annotation.substring(0, annotation.indexOf('=')),
                                annotation.substring(annotation.indexOf('=') + 1)));
        return tree;
    }

    /** An object that application shop applied before, in the namespace experiment or in none. */
    static ObjectNode ours(String kindAndName, String... annotations) {
        String kind = kindAndName.split(" ", -1)[0];
        ObjectNode tree = object(kindAndName, annotations);
        ObjectNode metadata = (ObjectNode) tree.get("metadata");
        if (!CLUSTER_KINDS.contains(kind) && !metadata.has("namespace")) {
            metadata.put("namespace", "experiment");
        }
        metadata.withObjectProperty("annotations")
                .put(Tracking.ANNOTATION, Tracking.id("shop", ObjectRef.of(tree), "experiment"));
        return tree;
    }

    static List<String> texts(SyncPlan plan) {
        return ((SyncPlan.Planned) plan)
                .waves().stream()
                        .flatMap(wave -> wave.changes().stream()
                                .map(change ->
                                        wave.number() + " " + change.getClass().getSimpleName() + " "
                                                + change.ref().text()))
                        .toList();
    }
}
