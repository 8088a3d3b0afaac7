package dev.tiphys.sandbox.objects;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.sandbox.fields.BuiltInShapes;
import dev.tiphys.sandbox.fields.SchemaShapes;
import dev.tiphys.sandbox.fields.Shapes;
import java.util.List;
import java.util.Set;

/**
 * One kind in one version.
 *
 * @param group empty for the core group
 * @param subresources of {@code status}, {@code scale}, {@code log}
 * @param schema a custom kind's {@code openAPIV3Schema}; missing for Kubernetes' own kinds
 */
public record ResourceType(
        String group,
        String version,
        String kind,
        String plural,
        List<String> shortNames,
        boolean namespaced,
        Set<String> subresources,
        JsonNode schema) {

    private static final Set<String> WITHOUT_GENERATION = Set.of(
            "ConfigMap",
            "Secret",
            "Service",
            "ServiceAccount",
            "Namespace",
            "Node",
            "Event",
            "Endpoints",
            "PersistentVolume",
            "PersistentVolumeClaim",
            "ResourceQuota",
            "LimitRange",
            "Role",
            "RoleBinding",
            "ClusterRole",
            "ClusterRoleBinding",
            "StorageClass",
            "Lease",
            "HorizontalPodAutoscaler");

    public ResourceType {
        shortNames = List.copyOf(shortNames);
        subresources = Set.copyOf(subresources);
    }

    /** Where its objects are kept: the same for all versions of a kind. */
    public String storage() {
        return group + "/" + plural;
    }

    /** As an object writes it. */
    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** As an error message names the resource: {@code deployments.apps}. */
    public String resource() {
        return group.isEmpty() ? plural : plural + "." + group;
    }

    /** As an error message names the kind: {@code Deployment.apps}. */
    public String kindAndGroup() {
        return group.isEmpty() ? kind : kind + "." + group;
    }

    /** Whether a definition, and not Kubernetes, made this kind. */
    public boolean isCustom() {
        return schema.isObject();
    }

    boolean has(String subresource) {
        return subresources.contains(subresource);
    }

    boolean hasGeneration() {
        return isCustom() || !WITHOUT_GENERATION.contains(kind);
    }

    Shapes shapes() {
        return isCustom() ? new SchemaShapes(schema) : new BuiltInShapes(kind);
    }
}
